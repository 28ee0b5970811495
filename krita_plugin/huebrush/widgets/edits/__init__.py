"""The section of text edits: their list, form, edit masks and heatmap."""
