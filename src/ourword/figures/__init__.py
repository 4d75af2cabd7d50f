"""What became of it, joined from events, promises and contracts: settled, watched, judged, and said in sentences."""
