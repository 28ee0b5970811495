"""What the artist has chosen, as values: kept by Krita and in documents."""
