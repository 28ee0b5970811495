"""Messages about fetching models: a list of published releases, and the fetching of one.

A backend fetches one release at a time. Its messages about that go to every client that has sent `Hello`.
"""

from __future__ import annotations

from dataclasses import dataclass

from huebrush_protocol.texts import Text, remedy_of


@dataclass(frozen=True)
class LicenceInfo:
    """A licence of weights. `terms`: its conditions in short. `must_accept`: it must still be accepted."""

    name: str
    title: str
    address: str
    terms: str
    must_accept: bool = False


@dataclass(frozen=True)
class ReleaseInfo:
    """Published weights.

    * `purpose`: what they are for
    * `size`: of the file, in bytes (about)
    * `present`: among the models already
    * `fetched`: bytes that an earlier, unfinished pull has left
    * `needs`: other releases that are fetched with it
    """

    name: str
    title: str
    purpose: str
    size: int
    licence: LicenceInfo
    present: bool = False
    fetched: int = 0
    needs: tuple[str, ...] = ()


@dataclass(frozen=True)
class ListReleases:
    """Ask for the releases that can be fetched; answered by `Releases`."""


@dataclass(frozen=True)
class Releases:
    """Models to fetch, the folder in which all models lie, and the release being fetched now (empty: none)."""

    releases: tuple[ReleaseInfo, ...]
    models_folder: str
    pulling: str = ""


@dataclass(frozen=True)
class SetModelsFolder:
    """Use `folder`, an absolute path, as the models folder from now on (empty: the default folder).

    Answered by `Releases` and `Models`, or `PullFailed` with code "folder" and no release.
    """

    folder: str


@dataclass(frozen=True)
class Pull:
    """Fetch `release` and what it needs. Answered by `PullProgress` …, then `Pulled`, `PullFailed` or `PullCancelled`.

    `accepted_licence`: name of the licence that the user has accepted; the backend remembers it. `mirror`: address of
    another hub. `folder`: folder on the backend's machine to take the files from instead.
    """

    release: str
    accepted_licence: str = ""
    mirror: str = ""
    folder: str = ""


@dataclass(frozen=True)
class PullProgress:
    """Progress of a pull. `phase`: "starting", "fetching" or "checking". `done`, `total`: bytes of all its files; the
    total is 0 until it is known. `seconds_left` is None while it is not known."""

    release: str
    phase: str
    file: str = ""
    done: int = 0
    total: int = 0
    seconds_left: float | None = None


@dataclass(frozen=True)
class Pulled:
    """The release is among the models. `Models` follows."""

    release: str


@dataclass(frozen=True)
class PullFailed:
    """The release could not be fetched (with an empty `release`: the models folder could not be set).

    `code` is one of `PULL_FAILURE_CODES`. Bytes that have arrived are kept, unless they are damaged.
    """

    release: str
    code: str
    message: Text | str
    remedy: Text | str = ""


def pull_failed(release: str, code: str, id: str, /, **arguments: str | int | float) -> PullFailed:
    """Return a failure whose message is the text `id`, with the remedy for it."""
    return PullFailed(release, code, Text.of(id, **arguments), remedy_of(id, **arguments))


@dataclass(frozen=True)
class CancelPull:
    """Stop fetching `release`; answered by `PullCancelled`, even if it is not being fetched."""

    release: str


@dataclass(frozen=True)
class PullCancelled:
    """The release is no longer being fetched. Bytes that have arrived are kept for the next `Pull`."""

    release: str


PULL_FAILURE_CODES = (
    "unknown_release",
    "licence",
    "busy",
    "space",
    "unreachable",
    "mirror",
    "login",
    "gone",
    "interrupted",
    "checksum",
    "files_missing",
    "taken",
    "folder",
    "unfit",
    "disk",
    "refused",
    "internal",
)

PullMessage = (
    ListReleases | Releases | SetModelsFolder | Pull | PullProgress | Pulled | PullFailed | CancelPull | PullCancelled
)
