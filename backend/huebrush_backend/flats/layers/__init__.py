"""Flats as layers: on one, one for each colour, shading apart, key strokes of a Colorize Mask."""
