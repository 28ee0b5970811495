"""The recipe of a result: everything that is needed to make the same result again."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from huebrush_protocol.parameters import Parameters
from huebrush_protocol.texts import Text

from huebrush_backend import __version__
from huebrush_backend.engine.request import ColorizeRequest


@dataclass(frozen=True)
class ModelUse:
    """Notes of a recipe on the model that was used.

    * `sha256`: hash of its weights
    * `device`: name of what it ran on, for people
    * `dtype`: precision of its networks
    * `torch`: version of PyTorch
    * `builtin`: whether it is the built-in one
    """

    sha256: str
    device: str
    dtype: str
    torch: str
    builtin: bool


NO_MODEL = ModelUse("", "", "", "", builtin=False)


def make_recipe(
    request: ColorizeRequest, parameters: Parameters, model: ModelUse, notes: Sequence[Text]
) -> dict[str, Any]:
    """Return the recipe as plain data (docs/protocol.md).

    `parameters`: the request's, with a value for each. `model`: `NO_MODEL` if none was used.
    """
    inputs = [("line_art", request.line_art_name, request.line_art, 1.0)]
    for item in request.references:
        inputs.append(("reference", item.name, item.pixels, item.weight))
        inputs += [(role, mask.name, mask.pixels, 1.0) for role, mask in item.masks]
    if request.background is not None:
        inputs.append(("background", request.background.name, request.background.pixels, 1.0))
    for role, mask in (("line_art_mask", request.line_art_mask), ("reference_mask", request.reference_mask)):
        if mask is not None:
            inputs.append((role, mask.name, mask.pixels, 1.0))
    for role, name, pixels in (("hints", "", request.hints), ("flats", request.flats_name, request.flats)):
        if pixels is not None:
            inputs.append((role, name, pixels, 1.0))
    if request.compared is not None:
        inputs.append(("compared", request.compared.name, request.compared.pixels, 1.0))
    if request.colored is not None:
        inputs.append(("colored", request.colored.name, request.colored.pixels, 1.0))
    if request.before is not None:
        inputs.append(("before", request.before.name, request.before.pixels, 1.0))
    if request.initial is not None:
        inputs.append(("initial", request.initial.name, request.initial.pixels, 1.0))
    if request.pinned is not None:
        inputs.append(("pinned", request.pinned.name, request.pinned.pixels, 1.0))
    inputs += [("edit_mask", mask.name, mask.pixels, 1.0) for mask in request.edit_masks]
    inputs += [("edit_patch", patch.name, patch.pixels, 1.0) for patch in request.edit_patches]
    builtin = [Text.of("note.builtin")] if model.builtin else []
    return {
        "recipe_version": 1,
        "huebrush": __version__,
        "model": request.model,
        "model_sha256": model.sha256,
        "parameters": asdict(parameters),
        "inputs": [
            {
                "role": role,
                "name": name,
                "width": pixels.shape[1],
                "height": pixels.shape[0],
                "weight": weight,
                "sha256": hashlib.sha256(np.ascontiguousarray(pixels).data).hexdigest(),
            }
            for role, name, pixels, weight in inputs
        ],
        "device": model.device,
        "dtype": model.dtype,
        "torch": model.torch,
        "notes": [note.as_data() for note in (*builtin, *notes)],
    }
