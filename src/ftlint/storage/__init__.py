"""Storage: what is kept between runs, and by what it is found again."""
