"""Palette files, read in plain Python by the command line and by the plugin alike."""
