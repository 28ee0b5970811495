"""The one error that reading, writing or checking a message can end in."""

from __future__ import annotations

MAX_MESSAGE_LENGTH = 1000
"""Longest error text; what arrived may be quoted in it, and the text must always fit in an answer."""


class ProtocolError(Exception):
    """A message that cannot be read, sent or accepted.

    `code` is one of `messages.FAILURE_CODES`, `message` says what is wrong in words, and `job` names the job that the
    message was about where that much could be read (else it is empty).
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
