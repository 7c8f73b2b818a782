"""Contamination: items of public or named test sets, found in training data by n-grams."""
