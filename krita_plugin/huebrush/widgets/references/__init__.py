"""The list of references and their parts."""
