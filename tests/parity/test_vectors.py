"""The vectors themselves: their weights are drawn as recorded, and a wrong result is noticed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from judging import Judge
from vectors import Case, Vectors, all_cases, all_vectors, relative_error

MODELS = [(vectors, model) for vectors in all_vectors() for model in vectors.manifest["models"]]


@pytest.mark.parametrize(("vectors", "model"), MODELS, ids=lambda part: getattr(part, "label", part))
def test_the_drawn_weights_have_the_recorded_checksums(vectors: Vectors, model: str) -> None:
    assert vectors.manifest["models"][model]["checksums"]
    assert len(vectors.weights(model)) > 900


@pytest.mark.parametrize("case", all_cases(), ids=lambda case: case.id)
def test_the_recorded_outputs_have_the_shapes_in_the_manifest(case: Case) -> None:
    (entry,) = [entry for entry in case.vectors.manifest["cases"] if entry["name"] == case.name]
    assert {name: list(array.shape) for name, array in case.expected().items()} == entry["outputs"]
    assert all(name in case.vectors.inputs for name in case.input_names.values())


def test_a_wrong_checksum_is_noticed() -> None:
    vectors = Vectors(all_vectors()[0].folder, "changed")
    checksums = vectors.manifest["models"]["v1"]["checksums"]
    checksums[next(iter(checksums))] += 1e-3
    with pytest.raises(ValueError, match="recorded was"):
        vectors.weights("v1")


def test_the_error_is_relative_to_the_largest_recorded_value() -> None:
    recorded = np.array([0.0, -4.0], np.float32)
    assert relative_error(recorded + np.array([0.0, 1.0], np.float32), recorded) == 0.25
    assert relative_error(recorded[:1], recorded) == float("inf")
    assert relative_error(np.array([np.nan, 0], np.float32), recorded) == float("inf")


def test_a_result_that_is_too_far_off_fails() -> None:
    case = all_cases()[0]
    wrong = {name: array * np.float32(1.001) for name, array in case.expected().items()}
    with pytest.raises(AssertionError, match=case.name):
        Judge()(case, wrong)


def test_a_missing_output_fails() -> None:
    with pytest.raises(AssertionError, match="has the outputs"):
        Judge()(all_cases()[0], {})


def test_a_folder_that_was_asked_for_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        Vectors(tmp_path, "missing")
