"""Text: words, names of languages, and the forms in which texts are compared."""
