"""Drawings by people: SVG files as labelled parts with lines, folders of pictures, and sets that others give away."""
