"""Afterwards: fixes, suppressions, baselines and changed rows, applied to a finished report."""
