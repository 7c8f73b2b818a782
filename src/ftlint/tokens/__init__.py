"""Tokens: how texts become tokens, and chat templates rendered in a child process."""
