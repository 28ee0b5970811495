"""Makes `selection/`, the compact test vectors in the repository, from a full folder of vectors.

    python tests/parity/make_selection.py FOLDER

The selection has the same format. It leaves out cases that others cover, outputs that follow from those that are kept,
and all but one row of batches whose rows have nothing to do with each other; the arrays that are left are unchanged.
Add a line to `SELECTED` for what is implemented next.
"""

from __future__ import annotations

import argparse
import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

SELECTION = Path(__file__).parent / "selection"


@dataclass(frozen=True)
class Keep:
    """What is kept of a case: the `outputs` named, or all if None; one `row` of its batches, or all if None.

    `params`: what has to change in the case's parameters when rows are left out.
    """

    outputs: tuple[str, ...] | None = None
    row: int | None = None
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
    "sketch_encoder": Keep(row=1),
    "unet": Keep(row=1),
    "unet_null_reference": Keep(row=1),
    "unet_reference_scales": Keep(row=1),
    "unet_half_sketch": Keep(row=1),
    "unet_split_attention": Keep(row=1),
    "vae": Keep(),
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
    "thin_plate_spline": Keep(),
    "preprocess_sketch_invert-webui": Keep(),
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

    inputs: dict[str, np.ndarray] = {}
    with np.load(source / "inputs.npz") as arrays:
        kept = [_keep_case(cases[name], keep, source, target, arrays, inputs) for name, keep in SELECTED.items()]
    np.savez_compressed(target / "inputs.npz", **inputs)  # pyright: ignore[reportArgumentType]

    models = {case["model"] for case in kept}
    manifest["cases"] = kept
    manifest["models"] = {name: entry for name, entry in manifest["models"].items() if name in models}
    _write_json(target / "manifest.json", manifest)
    for file in ("shapes_clip.json", *(entry["shapes"] for entry in manifest["models"].values())):
        _write_json(target / file, json.loads((source / file).read_text("utf-8")))


def _keep_case(
    case: dict[str, Any], keep: Keep, source: Path, target: Path, arrays: Any, inputs: dict[str, np.ndarray]
) -> dict[str, Any]:
    names = {}
    for role, name in case["inputs"].items():
        array = arrays[name]
        # What has a single row is shared by all rows of the batch.
        shared = keep.row is None or len(array) == 1
        names[role] = name if shared else f"{name}_row{keep.row}"
        inputs[names[role]] = _row(array, keep.row)
    with np.load(source / f"{case['name']}.npz") as recorded:
        outputs = {name: _row(recorded[name], keep.row) for name in keep.outputs or recorded.files}
    np.savez_compressed(target / f"{case['name']}.npz", **outputs)  # pyright: ignore[reportArgumentType]
    changed = {
        "inputs": names,
        "params": {**case["params"], **keep.params},
        "outputs": {name: list(array.shape) for name, array in outputs.items()},
    }
    return case | changed


def _row(array: np.ndarray, row: int | None) -> np.ndarray:
    return array if row is None or len(array) == 1 else array[row : row + 1]


def _write_json(file: Path, content: Any) -> None:
    file.write_text(json.dumps(content, separators=(",", ":")) + "\n", "utf-8")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Make the compact test vectors from a full folder of them.")
    parser.add_argument("folder", type=Path)
    make_selection(parser.parse_args().folder, SELECTION)
