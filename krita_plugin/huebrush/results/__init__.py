"""What comes back: layers, recipes, reports, and how they are written as one undo step."""
