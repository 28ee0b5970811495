"""Colours of the regions: by vote, by hints, from a palette."""
