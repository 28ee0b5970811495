"""Training data: drawings, pairs of line art and reference, and samples encoded by other processes."""
