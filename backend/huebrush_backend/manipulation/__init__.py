"""Text manipulation of reference tokens: what a prompt moves, where, and a picture of that."""
