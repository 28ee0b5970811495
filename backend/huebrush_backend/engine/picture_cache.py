"""The model's last pictures, kept so that another palette, gap or repair of the regions needs no denoising."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from dataclasses import dataclass, replace

import numpy as np
from huebrush_protocol.parameters import Parameters
from huebrush_protocol.regions import RegionParameters
from huebrush_protocol.texts import Text

from huebrush_backend.engine.request import ColorizeRequest, ResultLayer
from huebrush_backend.flats.colors.reference_looks import ReferenceLooks
from huebrush_backend.imaging.upsampling import upsample_to_lines

MOST_PICTURES = 8


@dataclass(frozen=True, eq=False)
class ModelPicture:
    """A picture that the model painted.

    * `picture`: (h,w,3) uint8, cut to the drawing, None without a model
    * `parameters`: the request's, with a value for each
    * `kept`: (H,W) bool where the result is opaque, None for everywhere
    * `notes`: for the recipe
    * `looks`: which colours of the references its places looked at, None if that is not known
    * `pixel`: pixels of `picture` in one that the model painted
    """

    picture: np.ndarray | None
    parameters: Parameters
    kept: np.ndarray | None
    notes: tuple[Text, ...]
    looks: ReferenceLooks | None = None
    pixel: float = 1.0


class PictureCache:
    """Keeps a few pictures by the key of what they were made of."""

    def __init__(self) -> None:
        self._pictures: OrderedDict[str, ModelPicture] = OrderedDict()

    def get(self, key: str) -> ModelPicture | None:
        """Return the picture with that key, or None."""
        found = self._pictures.get(key)
        if found is not None:
            self._pictures.move_to_end(key)
        return found

    def put(self, key: str, picture: ModelPicture) -> None:
        """Keep `picture`; if there are too many, drop the one that was not used for the longest time."""
        self._pictures[key] = picture
        while len(self._pictures) > MOST_PICTURES:
            self._pictures.popitem(last=False)


def picture_layer(name: str, painted: ModelPicture, ink: np.ndarray) -> ResultLayer:
    """Return the model's picture as a layer of the page. `ink`: (H,W) float32 coverage 0..1.

    `painted.picture` must not be None.
    """
    assert painted.picture is not None
    color = upsample_to_lines(painted.picture, ink, pixel=painted.pixel)
    alpha = np.full(color.shape[:2], 255, np.uint8)
    if painted.kept is not None:
        alpha[~painted.kept] = 0
    return ResultLayer(name, np.dstack([color, alpha]), kind="picture")


def picture_key(request: ColorizeRequest, model_sha256: str) -> str:
    """Return a key of all that the model's picture depends on: the request without what is made of it afterwards."""
    change = Parameters.change if request.initial is None else request.parameters.change
    parameters = replace(request.parameters, regions=RegionParameters(), keep_to_lines=True, change=change)
    digest = hashlib.sha256(f"{model_sha256} {parameters!r}".encode())
    pictures = [("line_art", request.line_art, 1.0)]
    for reference in request.references:
        pictures.append(("reference", reference.pixels, reference.weight))
        pictures += [(role, mask.pixels, 1.0) for role, mask in reference.masks]
    for role, extra in (
        ("background", request.background),
        ("initial", request.initial),
        ("line_art_mask", request.line_art_mask),
        ("reference_mask", request.reference_mask),
    ):
        if extra is not None:
            pictures.append((role, extra.pixels, 1.0))
    for role, pixels, weight in pictures:
        digest.update(f"{role} {pixels.shape} {weight!r}".encode())
        digest.update(np.ascontiguousarray(pixels).data)
    return digest.hexdigest()
