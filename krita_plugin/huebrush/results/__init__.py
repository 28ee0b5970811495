"""Results: layers, recipes and reports, and their insertion as one undo step."""
