"""Similarity: which examples are copies or near copies of each other, and how to part them."""
