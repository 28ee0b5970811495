"""What each stage learns from a batch: its loss, and the sheets that show how far it is."""
