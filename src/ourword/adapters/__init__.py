"""Ways to put the gate into someone else's program."""
