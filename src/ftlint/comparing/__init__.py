"""Comparing: two datasets, or two saved runs."""
