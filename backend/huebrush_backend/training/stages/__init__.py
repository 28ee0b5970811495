"""Losses of the stages, and the sheets that show how far they are."""
