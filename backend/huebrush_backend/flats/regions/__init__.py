"""Regions of a page: the paper between its lines, with gaps closed, screentone and hatching left out."""
