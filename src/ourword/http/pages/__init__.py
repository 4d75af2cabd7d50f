"""The pages, one module each: what is asked, what is shown, in a template of the same name."""
