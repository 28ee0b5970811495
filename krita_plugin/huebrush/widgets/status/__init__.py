"""State of the work: banner, notices, progress, backend, log."""
