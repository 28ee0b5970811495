"""The error that is raised when a message cannot be read, written or accepted."""

from __future__ import annotations

MAX_MESSAGE_LENGTH = 1000
"""Longest error text in characters: it may quote received data, but must always fit in an answer."""


class ProtocolError(Exception):
    """A message that cannot be read, sent or accepted.

    `code` is one of `messages.FAILURE_CODES`, `message` says what is wrong, and `job` is the id of the job that the
    message was about (empty if it could not be read).
    """

    def __init__(self, code: str, message: str, job: str = "") -> None:
        if len(message) > MAX_MESSAGE_LENGTH:
            message = message[: MAX_MESSAGE_LENGTH - 1] + "…"
        super().__init__(message)
        self.code = code
        self.message = message
        self.job = job

    def __str__(self) -> str:
        return f"{self.code}: {self.message}"
