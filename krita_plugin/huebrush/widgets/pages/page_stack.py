"""The pages of the docker, one of which is shown, and the order in which Tab goes through it and the strip below."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

from ...base.qt import QtWidgets
from ..controls.folded_section import tab_stops
from .page_bar import COLORIZE, PAGES


class PageStack(QtWidgets.QStackedWidget):
    """Shows one of `pages`, which are named as in `PAGES`.

    Tab goes through the page that is shown and then to the strip; on the page Colorize it goes there as soon as lines
    and references are chosen, and through the finer settings after that: most results need no other key.
    """

    def __init__(
        self, pages: Mapping[str, QtWidgets.QWidget], strip: QtWidgets.QWidget, essentials: QtWidgets.QWidget
    ) -> None:
        """`essentials`: the last widget of the page Colorize that each result needs."""
        super().__init__()
        self.setObjectName("huebrush_page_stack")
        self._strip, self._essentials = strip, essentials
        for name in PAGES:
            self.addWidget(pages[name])

    def show_page(self, name: str) -> None:
        """Show the page `name`, and let Tab go from it to the strip."""
        self.setCurrentIndex(PAGES.index(name))
        page = self.currentWidget()
        stops = tab_stops(page) if page is not None else []
        last = self._essentials if name == COLORIZE else stops[-1] if stops else None
        if last is not None:
            for earlier, later in pairwise((last, *tab_stops(self._strip))):
                QtWidgets.QWidget.setTabOrder(earlier, later)
