"""Validators of other people, asked in an environment of their own."""
