"""Strokes that the artist paints for the text brush and the reference brush."""
