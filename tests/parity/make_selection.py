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
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

SELECTION = Path(__file__).parent / "selection"


@dataclass(frozen=True)
class Keep:
    """What is kept of a case: the `outputs` named, or all if None; the first row only, or the whole batch."""

    outputs: tuple[str, ...] | None = None
    first_row: bool = False


SELECTED: dict[str, Keep] = {
    "schedule": Keep(),
    "sigmas_uniform": Keep(),
    "sigmas_karras": Keep(),
    "sigmas_exponential": Keep(),
    "timesteps_ddim": Keep(),
    "timesteps_dpm": Keep(),
    "timesteps_pndm": Keep(),
    "timesteps_lms": Keep(),
    "sketch_encoder": Keep(first_row=True),
    "unet": Keep(first_row=True),
    "unet_null_reference": Keep(first_row=True),
    "unet_reference_scales": Keep(first_row=True),
    "unet_half_sketch": Keep(first_row=True),
    "unet_split_attention": Keep(first_row=True),
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
    rows, suffix = (slice(0, 1), "_first") if keep.first_row else (slice(None), "")
    names = {role: name + suffix for role, name in case["inputs"].items()}
    inputs |= {names[role]: arrays[name][rows] for role, name in case["inputs"].items()}
    with np.load(source / f"{case['name']}.npz") as recorded:
        outputs = {name: recorded[name][rows] for name in keep.outputs or recorded.files}
    np.savez_compressed(target / f"{case['name']}.npz", **outputs)  # pyright: ignore[reportArgumentType]
    return case | {"inputs": names, "outputs": {name: list(array.shape) for name, array in outputs.items()}}


def _write_json(file: Path, content: Any) -> None:
    file.write_text(json.dumps(content, separators=(",", ":")) + "\n", "utf-8")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Make the compact test vectors from a full folder of them.")
    parser.add_argument("folder", type=Path)
    make_selection(parser.parse_args().folder, SELECTION)
