"""What everything else uses: Qt, words, problems, tasks in slices, colour codes."""
