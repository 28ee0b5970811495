"""Choosing a model and fetching one."""
