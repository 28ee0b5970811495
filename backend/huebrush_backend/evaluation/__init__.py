"""Scores a colorizer on drawings that it has never seen and whose right colours are known."""
