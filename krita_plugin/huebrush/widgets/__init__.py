"""The docker's widgets, each usable and testable on its own."""
