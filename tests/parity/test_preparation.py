"""What happens to pictures before the networks see them."""

from __future__ import annotations

import numpy as np
import pytest
from huebrush_backend.pipeline.conditioning import fit_sketch
from huebrush_backend.pipeline.sketch_modes import prepare_sketch
from huebrush_backend.training.strategies.thin_plate_spline import thin_plate_spline
from judging import Judge
from vectors import GENERATION_TOLERANCE, Case, cases_of


@pytest.mark.parametrize("case", cases_of("preprocess_sketch"), ids=lambda case: case.id)
def test_sketches_are_prepared_as_recorded(case: Case, judge: Judge) -> None:
    sketch = prepare_sketch(case.array("image"), case.params["mode"])
    canvas, box = fit_sketch(sketch, case.params["height"], case.params["width"])
    place = np.array([box.left, box.top, box.width, box.height])
    assert np.array_equal(place, case.expected()["box"])
    judge(case, {"sketch": canvas, "box": place})


@pytest.mark.parametrize("case", cases_of("thin_plate_spline"), ids=lambda case: case.id)
def test_references_are_bent_as_recorded(case: Case, judge: Judge) -> None:
    image, before, after = (case.tensor(role) for role in ("image", "before", "after"))
    bent = thin_plate_spline(image, before, after)
    judge(case, {"image": bent}, GENERATION_TOLERANCE)
