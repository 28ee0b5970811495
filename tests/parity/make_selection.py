"""Makes `selection/`, the compact test vectors in the repository, from a full folder of vectors.

    python tests/parity/make_selection.py FOLDER

The selection has the same format, and two ways to be small that a full folder need not use: `drawn_inputs` of the
manifest says of an input from which seed it is drawn (drawn_inputs.py), and a case's `row_steps` says of which outputs
only every n-th row of pixels is kept; the shapes in `outputs` are those of the whole. The selection leaves out
cases that others cover, outputs that follow from those that are kept, and all but one row of batches whose rows have
nothing to do with each other; the numbers that are left are unchanged. Add a line to `SELECTED` for what is implemented
next.
"""

from __future__ import annotations

import argparse
import json
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from drawn_inputs import find_drawing
from vectors import every_row

SELECTION = Path(__file__).parent / "selection"


@dataclass(frozen=True)
class Keep:
    """What is kept of a case: the `outputs` named, or all if None; one `row` of its batches, or all if None.

    `row_steps`: of these outputs (…,H,W) every n-th row of pixels, from the first on. `params`: what has to change
    in the case's parameters when rows of batches are left out.
    """

    outputs: tuple[str, ...] | None = None
    row: int | None = None
    row_steps: Mapping[str, int] = field(default_factory=dict)
    params: Mapping[str, Any] = field(default_factory=dict)


SELECTED: dict[str, Keep] = {
    "schedule": Keep(),
    "sigmas_uniform": Keep(),
    "sigmas_karras": Keep(),
    "sigmas_exponential": Keep(),
    "timesteps_ddim": Keep(),
    "timesteps_dpm": Keep(),
    "timesteps_pndm": Keep(),
    "timesteps_lms": Keep(),
    "sketch_encoder": Keep(row=1, row_steps={"hint0": 4}),
    "unet": Keep(row=1),
    "unet_null_reference": Keep(row=1),
    "unet_reference_scales": Keep(row=1),
    "unet_half_sketch": Keep(row=1),
    "unet_split_attention": Keep(row=1),
    "vae": Keep(row_steps={"decoded": 4}),
    "clip": Keep(("tokens", "text")),
    "position_weights_0": Keep(),
    "position_weights_1": Keep(),
    "position_weights_2": Keep(),
    "manipulate_local_1": Keep(),
    "manipulate_local_3": Keep(),
    "manipulate_global_1": Keep(),
    "manipulate_global_3": Keep(),
    "manipulate_global_4": Keep(),
    "heatmap": Keep(),
    "generate_ddim_dual": Keep(("latent",)),
    "generate_v_dpm_dual": Keep(("latent",)),
    "generate_dpmpp2m_karras_dual": Keep(("latent",)),
    "generate_manipulated": Keep(("latent",)),
    # Row 1 is the one without reference, which needs both kinds of attention.
    "attention_injection": Keep(row=1, params={"unconditional_rows": [0], "tokens_rows": "row 0 = zeros"}),
    "thin_plate_spline": Keep(row_steps={"image": 4}),
    "preprocess_sketch_invert-webui": Keep(row_steps={"sketch": 4}),
    "v15_recovery_transformer": Keep(),
    "v15_background": Keep(("out",)),
    "v2_style_background": Keep(("out", "style5", "background5")),
}


def make_selection(source: Path, target: Path) -> None:
    """Write the selection from the full vectors in `source` to `target`, in place of what is there.

    Raises KeyError when a selected case is not in `source`.
    """
    manifest = json.loads((source / "manifest.json").read_text("utf-8"))
    cases = {case["name"]: case for case in manifest["cases"]}
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)

    inputs = _Inputs()
    with np.load(source / "inputs.npz") as arrays:
        kept = [_keep_case(cases[name], keep, source, target, arrays, inputs) for name, keep in SELECTED.items()]
    np.savez_compressed(target / "inputs.npz", **inputs.stored)  # pyright: ignore[reportArgumentType]

    models = {case["model"] for case in kept}
    manifest["cases"] = kept
    manifest["drawn_inputs"] = inputs.drawn
    manifest["models"] = {name: entry for name, entry in manifest["models"].items() if name in models}
    _write_json(target / "manifest.json", manifest)
    for file in ("shapes_clip.json", *(entry["shapes"] for entry in manifest["models"].values())):
        _write_json(target / file, json.loads((source / file).read_text("utf-8")))


class _Inputs:
    """The inputs that the selection needs: the arrays that are stored, and how the others are drawn."""

    def __init__(self) -> None:
        self.stored: dict[str, np.ndarray] = {}
        self.drawn: dict[str, dict[str, Any]] = {}

    def add(self, name: str, array: np.ndarray, row: int | None) -> str:
        """Take in `array`, or one `row` of it; return the name under which it is found."""
        # What has a single row is shared by all rows of the batch.
        if row is not None and len(array) > 1:
            name = f"{name}_row{row}"
        else:
            row = None
        if name not in self.stored and name not in self.drawn:
            drawing = find_drawing(array)
            if drawing is None:
                self.stored[name] = _row(array, row)
            else:
                self.drawn[name] = asdict(replace(drawing, row=row))
        return name


def _keep_case(
    case: dict[str, Any], keep: Keep, source: Path, target: Path, arrays: Any, inputs: _Inputs
) -> dict[str, Any]:
    names = {role: inputs.add(name, arrays[name], keep.row) for role, name in case["inputs"].items()}
    with np.load(source / f"{case['name']}.npz") as recorded:
        whole = {name: _row(recorded[name], keep.row) for name in keep.outputs or recorded.files}
    stored = {name: every_row(array, keep.row_steps.get(name, 1)) for name, array in whole.items()}
    np.savez_compressed(target / f"{case['name']}.npz", **stored)  # pyright: ignore[reportArgumentType]
    changed: dict[str, Any] = {
        "inputs": names,
        "params": {**case["params"], **keep.params},
        "outputs": {name: list(array.shape) for name, array in whole.items()},
    }
    if keep.row_steps:
        changed["row_steps"] = dict(keep.row_steps)
    return case | changed


def _row(array: np.ndarray, row: int | None) -> np.ndarray:
    return array if row is None or len(array) == 1 else array[row : row + 1]


def _write_json(file: Path, content: Any) -> None:
    file.write_text(json.dumps(content, separators=(",", ":")) + "\n", "utf-8")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Make the compact test vectors from a full folder of them.")
    parser.add_argument("folder", type=Path)
    make_selection(parser.parse_args().folder, SELECTION)
