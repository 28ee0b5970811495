"""Small controls that know nothing of colorizing."""
