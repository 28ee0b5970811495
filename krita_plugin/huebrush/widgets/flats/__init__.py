"""The choice of result, and the palette and gaps of flats."""
