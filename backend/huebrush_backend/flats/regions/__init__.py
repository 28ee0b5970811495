"""Regions of a page: the paper between its lines, gaps closed, screentone and hatching left out."""
