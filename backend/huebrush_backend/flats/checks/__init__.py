"""Places to check: probable faults in flats, ours or the artist's own, and ways to fix them."""
