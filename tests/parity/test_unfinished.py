"""What the vectors ask for and nobody has built yet: expected to fail, so that it is never taken for passed."""

from __future__ import annotations

import pytest
from vectors import Case, all_cases, is_implemented


@pytest.mark.xfail(strict=True, raises=NotImplementedError, reason="not implemented yet")
@pytest.mark.parametrize("case", [case for case in all_cases() if not is_implemented(case)], ids=lambda case: case.id)
def test_an_unfinished_case_is_not_taken_for_passed(case: Case) -> None:
    raise NotImplementedError(case.kind)
