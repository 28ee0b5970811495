"""The error that is raised when a message cannot be read, written or accepted."""

from __future__ import annotations

from huebrush_protocol.texts import Text

MAX_MESSAGE_LENGTH = 1000
"""Longest error text in characters: it may quote received data, but must always fit in an answer."""


class ProtocolError(Exception):
    """A message that cannot be read, sent or accepted.

    `code` is one of `messages.FAILURE_CODES`, `message` says what is wrong, and `job` is the id of the job that the
    message was about (empty if it could not be read).
    """

    def __init__(self, code: str, message: Text, job: str = "") -> None:
        if len(message) > MAX_MESSAGE_LENGTH:  # its arguments would be too long as well
            message = Text(message[: MAX_MESSAGE_LENGTH - 1] + "…")
        super().__init__(message)
        self.code = code
        self.message = message
        self.job = job

    def __str__(self) -> str:
        return f"{self.code}: {self.message}"

    @classmethod
    def of(cls, code: str, id: str, /, **arguments: str | int | float) -> ProtocolError:
        """Return an error whose message is the sentence `id` with its `arguments`."""
        return cls(code, Text.of(id, **arguments))


def refused(id: str, /, **arguments: str | int | float) -> ProtocolError:
    """Return the error for what a client may not ask for ("bad_input"), with the sentence `id`."""
    return ProtocolError.of("bad_input", id, **arguments)


def malformed(id: str, /, **arguments: str | int | float) -> ProtocolError:
    """Return the error for what is no valid message ("malformed"), with the sentence `id`."""
    return ProtocolError.of("malformed", id, **arguments)
