"""Colour that a model's picture spilled over lines, found and pulled back to what each region has of its own."""
