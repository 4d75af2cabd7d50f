"""A transparency log by the public standards: tree, tiles, checkpoints, proofs. It knows nothing of decisions or homes."""
