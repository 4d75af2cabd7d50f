"""Where people depart from what is written: counted by clause, with amounts and what became of it, and what a clause could say instead."""
