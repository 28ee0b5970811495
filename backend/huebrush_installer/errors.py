"""The one exception of the installer."""

from __future__ import annotations


class InstallError(Exception):
    """An installation step failed. `remedy`: what the user can do."""

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy
