"""Settings that the artist has chosen, kept by Krita and in documents."""
