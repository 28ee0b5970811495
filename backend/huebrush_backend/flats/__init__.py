"""Flats at the size of the page: regions that end at the drawing's own lines, their colours, and their layers."""
