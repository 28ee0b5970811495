"""Layers of flats: one for all, one for each colour, shading apart, and key strokes for a Colorize Mask."""
