"""Places to check: what may be wrong with flats, ours or the artist's own, and what would mend it."""
