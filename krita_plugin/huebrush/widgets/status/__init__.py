"""What is going on: banner, notices, progress, backend, log."""
