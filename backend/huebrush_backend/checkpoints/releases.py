"""Published weights that `huebrush models pull` can fetch (docs/method.md, "Models"). Imports no torch."""

from __future__ import annotations

from dataclasses import dataclass

from huebrush_protocol.texts import Text

from huebrush_backend.checkpoints.families import V1, V1_5, V2, Family, PredictionType
from huebrush_backend.models.registration import CLIP_FILE, CLIP_NAME


@dataclass(frozen=True)
class Licence:
    """A licence of weights. `terms`: its demands in short. `must_accept`: the user must accept it before fetching."""

    name: str
    title: str
    address: str
    terms: str
    must_accept: bool


@dataclass(frozen=True)
class Release:
    """A file on the hub.

    `purpose`: what it is for. `gigabytes`: approximate size; the hub gives the exact one.
    `family`: None for CLIP, which all families share.
    """

    name: str
    title: str
    purpose: str
    repository: str
    file: str
    gigabytes: float
    licence: Licence
    family: Family | None = None
    prediction_type: PredictionType | None = None


WEIGHTS_LICENCE = Licence(
    name="CC-BY-NC-SA-4.0",
    title="Creative Commons Attribution-NonCommercial-ShareAlike 4.0 International",
    address="https://creativecommons.org/licenses/by-nc-sa/4.0/",
    terms=(
        "The weights are the work of the authors of ColorizeDiffusion (arXiv 2401.01456, 2502.19937, 2504.06895), not "
        "of Huebrush. You may use them free of charge if you credit the authors and make no commercial use of them. "
        "If you change the weights and pass them on, the same licence applies."
    ),
    must_accept=True,
)
CLIP_LICENCE = Licence(
    name="MIT",
    title="MIT Licence",
    address="https://opensource.org/license/mit",
    terms="CLIP ViT-H/14, trained by LAION on LAION-2B.",
    must_accept=False,
)

_HUB = "tellurion/ColorizeDiffusion"

CLIP = Release(
    name=CLIP_NAME,
    title="CLIP ViT-H/14",
    purpose="It reads the references for all of the models above.",
    repository="laion/CLIP-ViT-H-14-laion2B-s32B-b79K",
    file=CLIP_FILE,
    gigabytes=3.94,
    licence=CLIP_LICENCE,
)

RELEASES: tuple[Release, ...] = (
    Release(
        name="mult-eps-ft",
        title=V1.title,
        purpose="The first model: one reference, small and quick.",
        repository=_HUB,
        file="mult-eps-ft.safetensors",
        gigabytes=3.89,
        licence=WEIGHTS_LICENCE,
        family=V1,
        prediction_type="epsilon",
    ),
    Release(
        name="mult-eps-newft",
        title=f"{V1.title}, newer finetune",
        purpose="The first model, trained for longer.",
        repository=_HUB,
        file="mult-eps-newft.safetensors",
        gigabytes=3.89,
        licence=WEIGHTS_LICENCE,
        family=V1,
        prediction_type="epsilon",
    ),
    Release(
        name="switch-eps",
        title=V1_5.title,
        purpose="Follows the reference more closely, with a background of its own.",
        repository=_HUB,
        file="switch-eps.safetensors",
        gigabytes=4.33,
        licence=WEIGHTS_LICENCE,
        family=V1_5,
        prediction_type="epsilon",
    ),
    Release(
        name="v2-full",
        title=V2.title,
        purpose="The largest: finer pictures, with backgrounds, foregrounds and styles of their own.",
        repository=_HUB,
        file="v2-full.safetensors",
        gigabytes=6.82,
        licence=WEIGHTS_LICENCE,
        family=V2,
        prediction_type="v_prediction",
    ),
    CLIP,
)
"""All releases by size. CLIP is fetched together with the first release that needs it."""


def find_release(name: str) -> Release:
    """Return the release called `name`. Raises a LookupError that lists all names."""
    for release in RELEASES:
        if release.name == name:
            return release
    names = ", ".join(release.name for release in RELEASES)
    raise LookupError(Text.of("pull.unknown_release", release=name, names=names))
