"""Presets: named sets of settings in a menu."""
