"""What rules and the report want to know of a whole dataset, one analysis a file."""
