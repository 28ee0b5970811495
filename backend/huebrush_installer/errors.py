"""The one exception of the installer."""

from __future__ import annotations


class InstallError(Exception):
    """Something that stops an installation step. `remedy` says what the user can do about it."""

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy
