"""Twins: examples that differ from one another in whom they speak of, and in nothing else."""
