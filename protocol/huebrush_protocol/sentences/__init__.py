"""All sentences that a backend says to people, in English, by id.

A sentence that says what to do about a problem has the problem's id followed by ".remedy". Names in braces are the
arguments; an argument may be a sentence of its own, such as a reason.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from huebrush_protocol.sentences.jobs import JOBS
from huebrush_protocol.sentences.messages import MESSAGES
from huebrush_protocol.sentences.models import MODELS
from huebrush_protocol.sentences.palettes import PALETTES
from huebrush_protocol.sentences.results import RESULTS

ENGLISH: Mapping[str, str] = MappingProxyType({**JOBS, **MODELS, **MESSAGES, **PALETTES, **RESULTS})
