"""Refusals of the pipelines: each message is a `Text` that says why, and what would do. Imports no torch."""

from __future__ import annotations


class UnsupportedRequestError(ValueError):
    """A request that the model does not support; the message says why, and what to do instead."""


class SamplingError(ValueError):
    """A sampler or noise schedule that does not exist or does not suit the rest; the message says which would."""


class ConditioningError(ValueError):
    """A request that does not suit its references or the model; the message is a `Text` that says why."""
