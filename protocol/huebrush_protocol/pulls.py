"""The messages about getting more models: which are published, and fetching one of them.

A backend fetches one release at a time. What it reports about that goes to every client that has said hello.
"""

from __future__ import annotations

from dataclasses import dataclass

from huebrush_protocol.texts import Text, remedy_of


@dataclass(frozen=True)
class LicenceInfo:
    """A licence of weights. `terms`: what it asks, in short. `must_accept`: it has to be accepted, and has not been."""

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
    * `fetched`: what an earlier, unfinished fetch has left, in bytes
    * `needs`: other releases that are fetched along with it
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
    """Ask what can be fetched; answered by `Releases`."""


@dataclass(frozen=True)
class Releases:
    """Models to fetch, the folder in which all models lie, and the release being fetched now (empty: none)."""

    releases: tuple[ReleaseInfo, ...]
    models_folder: str
    pulling: str = ""


@dataclass(frozen=True)
class SetModelsFolder:
    """Let all models lie in `folder`, an absolute path, from now on (empty: in the usual place).

    Answered by `Releases` and `Models`, or `PullFailed` with code "folder" and no release.
    """

    folder: str


@dataclass(frozen=True)
class Pull:
    """Fetch `release` and what it needs. Answered by `PullProgress` …, then `Pulled`, `PullFailed` or `PullCancelled`.

    `accepted_licence`: the licence that the user has accepted, once for good, by name. `mirror`: the address of another
    hub. `folder`: take the files from this folder of the backend's machine instead.
    """

    release: str
    accepted_licence: str = ""
    mirror: str = ""
    folder: str = ""


@dataclass(frozen=True)
class PullProgress:
    """Progress of a pull. `phase`: "starting", "fetching" or "checking". `done`, `total`: bytes of all its files; the
    total is 0 until it is known. `seconds_left` is None while it cannot be told."""

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

    `code` is one of `PULL_FAILURE_CODES`. What has come is kept, unless it is damaged.
    """

    release: str
    code: str
    message: Text | str
    remedy: Text | str = ""


def pull_failed(release: str, code: str, id: str, /, **arguments: str | int | float) -> PullFailed:
    """Return the failure that the text `id` tells of, with the remedy that belongs to it."""
    return PullFailed(release, code, Text.of(id, **arguments), remedy_of(id, **arguments))


@dataclass(frozen=True)
class CancelPull:
    """Stop fetching `release`; answered by `PullCancelled`, also when it is not being fetched."""

    release: str


@dataclass(frozen=True)
class PullCancelled:
    """The release is not being fetched any more. What has come is kept: the next `Pull` goes on from there."""

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
