"""Text manipulation of reference tokens: what a prompt changes, where, and a picture of that."""
