"""Scoring: backends of toxicity that are too slow, or too far away, to judge every text."""
