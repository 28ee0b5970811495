"""`huebrush bench flats`: both ways are measured on the same pages."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from huebrush_backend.cli.main import main
from huebrush_backend.evaluation import flat_bench, flat_suite

KEYS = {"megapixels", "seconds", "watershed_seconds", "ratio", "peak_bytes_per_pixel"}


@pytest.fixture(autouse=True)
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(flat_suite.SIZES, "4k", (300, 424))
    monkeypatch.setitem(flat_suite.SIZES, "8.6k", (420, 594))


def test_each_size_has_its_figures_side_by_side(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "flats", "--repeats", "1", "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert set(report) == {"flats"}
    sizes = report["flats"]["sizes"]
    assert [figures["megapixels"] for figures in sizes] == [0.1, 0.2, 0.1]
    assert [figures["kind"] for figures in sizes] == ["inked", "inked", "sketched"]
    for figures in sizes:
        assert figures.keys() >= KEYS
        assert figures["seconds"] >= 0
        assert figures["watershed_seconds"] >= 0
        assert figures["regions"] > 30
        assert figures["watershed_regions"] > 30
    assert report["flats"]["repeats"] == 1
    assert report["flats"]["cores"] >= 1


@pytest.mark.parametrize("paint", [flat_bench.paint_ours, flat_bench.paint_by_watershed])
def test_both_ways_paint_what_lines_part_in_different_colours(paint: flat_bench.Painter) -> None:
    lines = np.full((120, 160, 4), 255, np.uint8)
    lines[:, 78:82, :3] = 0
    flats, count = paint(lines, 6.0)
    assert count >= 2
    assert flats.shape == lines.shape
    assert flats[..., 3].min() == 255
    assert not np.array_equal(flats[60, 40], flats[60, 120])


def test_a_way_that_fails_says_why() -> None:
    with pytest.raises(flat_bench.FlatBenchError, match="no-such-file"):
        flat_bench.in_a_process(flat_bench.OURS, Path("no-such-file.npy"), 3.0, 1)
