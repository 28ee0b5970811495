"""Trains released models further on an artist's own pictures."""
