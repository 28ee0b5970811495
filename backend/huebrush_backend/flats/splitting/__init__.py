"""Borders that the lines suggest and colours decide: where lines are open, one region is parted between its colours."""
