"""The list of where in the references the colours of flats came from."""
