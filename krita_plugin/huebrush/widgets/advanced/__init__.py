"""The section of advanced settings."""
