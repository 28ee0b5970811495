"""The list of places to check after flats."""
