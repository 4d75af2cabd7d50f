"""Deciding and what follows at once: recording, taking in what others decided or heard, and telling a decision in words."""
