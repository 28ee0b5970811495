"""The subcommands of `install.py`: each module has `SUMMARY`, `configure(parser)` and `run(arguments, context)`."""
