"""Scores a colorizer on drawings that it has never seen, where the right answer is known."""
