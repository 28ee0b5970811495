"""The docker's pages: the row of buttons that chooses one, what a page lies in, and the first steps."""
