"""How the tests are shared out where several processes run them: `pytest -n 2`, as `install.py test` does."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> object:
    """Share the tests out as `KritaApart` does, in the order in which they come."""
    from krita_apart import KritaApart  # where there is no xdist, the tests run one after the other

    config.option.loadscopereorder = False
    return KritaApart(config, log)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Put first what is to be begun early, in a process that is one of several."""
    if hasattr(config, "workerinput"):
        from krita_apart import place_in_line

        items.sort(key=lambda item: place_in_line(item.nodeid))
