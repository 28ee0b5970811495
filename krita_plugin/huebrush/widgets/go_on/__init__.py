"""Going on from a picture of the page: the choice of it, and the ways to choose it from elsewhere."""
