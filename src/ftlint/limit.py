"""Limits of ftlint itself, not of any target."""

MAX_LINE = 64 << 20
"""Bytes in a line that is read whole; the longest training context is far below 1 MiB of text."""
