"""Features: one family of derived values a module."""
