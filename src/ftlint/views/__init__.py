"""Views: what commands have found out, worded for people, reviews and programs."""
