"""What a contract chose and intends, beside what happens: each choice with its reader, each sentence with what carries it."""
