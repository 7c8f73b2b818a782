"""Console: what comes in from standard input and goes out to terminals and files."""
