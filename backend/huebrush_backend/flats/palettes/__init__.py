"""Palettes: their files, their colours' names, and colours taken out of pictures."""
