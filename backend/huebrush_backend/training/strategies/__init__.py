"""The training strategies of the papers, each an option of a run, in pure functions (docs/method.md, "Training")."""
