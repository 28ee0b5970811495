"""Palettes of Krita and of files."""
