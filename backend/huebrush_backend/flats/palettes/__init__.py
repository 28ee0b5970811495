"""Palettes: their files, names for colours, and colours extracted from pictures."""
