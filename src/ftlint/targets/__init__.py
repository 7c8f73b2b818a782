"""Targets: where a dataset is sent, as dated data, and what that does to the rules."""
