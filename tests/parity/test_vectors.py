"""The vectors themselves: their weights are drawn as recorded, and a wrong result is noticed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from drawn_inputs import Drawing, draw_input, find_drawing
from judging import Judge
from vectors import Case, Vectors, all_cases, all_vectors, cases_of, relative_error, same_case

MODELS = [(vectors, model) for vectors in all_vectors() for model in vectors.manifest["models"]]


@pytest.mark.parametrize(("vectors", "model"), MODELS, ids=lambda part: getattr(part, "label", part))
def test_the_drawn_weights_have_the_recorded_checksums(vectors: Vectors, model: str) -> None:
    assert vectors.manifest["models"][model]["checksums"]
    assert len(vectors.weights(model)) > 900


@pytest.mark.parametrize("case", all_cases(), ids=lambda case: case.id)
def test_the_recorded_outputs_have_the_shapes_in_the_manifest(case: Case) -> None:
    (entry,) = [entry for entry in case.vectors.manifest["cases"] if entry["name"] == case.name]
    whole = {name: np.empty(shape) for name, shape in entry["outputs"].items()}
    kept = {name: case.kept_part(name, array).shape for name, array in whole.items()}
    assert {name: array.shape for name, array in case.expected().items()} == kept
    assert all(name in case.vectors.inputs for name in case.input_names.values())


def test_the_selection_holds_what_the_whole_folder_holds() -> None:
    """So its cases need not be computed too where there is the whole folder."""
    for case in all_cases():
        if (whole := same_case(case)) is not None:
            recorded = whole.expected()
            assert case.shapes.items() <= whole.shapes.items() or case.shapes == whole.shapes
            for name, kept in case.expected().items():
                assert np.array_equal(kept, case.kept_part(name, recorded[name])), case.id


def test_nothing_is_left_out_that_differs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another folder with the same cases computes none of them again; with another weight's salt, it computes all."""
    first, second = (Vectors(all_vectors()[-1].folder, label) for label in ("first", "second"))
    monkeypatch.setattr("vectors.all_vectors", lambda: (first, second))
    kinds = {case.kind for case in first.cases}
    assert {case.vectors.label for kind in kinds for case in cases_of(kind)} == {"first"}
    second.manifest["salt"] = "other"
    assert {case.vectors.label for kind in kinds for case in cases_of(kind)} == {"first", "second"}


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


def test_an_input_that_is_drawn_is_what_torch_draws() -> None:
    even = torch.rand(2, 3, 5, 7, generator=torch.Generator().manual_seed(11))
    drawing = Drawing(11, (2, 3, 5, 7), signed=False)
    assert np.array_equal(draw_input(drawing), even.numpy())
    assert np.array_equal(draw_input(replace(drawing, signed=True, row=1)), (even * 2 - 1)[1:].numpy())
    assert find_drawing(even.numpy()) == drawing


def test_an_input_that_is_not_only_drawn_is_stored() -> None:
    array = draw_input(Drawing(11, (4, 4), signed=True))
    array[3, 3] += np.float32(1e-6)
    assert find_drawing(array) is None


@pytest.mark.parametrize("case", [case for case in all_cases() if case.row_steps], ids=lambda case: case.id)
def test_a_result_of_which_some_rows_were_kept_must_be_whole_and_right_in_them(case: Case) -> None:
    name, step = next(iter(case.row_steps.items()))
    results = {other: np.zeros(shape, np.float32) for other, shape in case.shapes.items()}
    for other, recorded in case.expected().items():
        case.kept_part(other, results[other])[...] = recorded
    Judge()(case, results)
    with pytest.raises(AssertionError, match=case.name):
        Judge()(case, results | {name: case.kept_part(name, results[name])})
    results[name][..., -step:, :] += 1
    with pytest.raises(AssertionError, match=case.name):
        Judge()(case, results)
