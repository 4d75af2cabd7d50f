"""The command line: every command is thin over what Python and HTTP call too."""
