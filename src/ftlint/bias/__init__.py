"""Bias: words that name groups, the senses of doubtful ones, and what stands near them."""
