"""Parts that all other folders use: Qt, texts, problems, tasks in slices, colour codes."""
