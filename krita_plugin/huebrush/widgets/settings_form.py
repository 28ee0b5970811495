"""Everything that the artist sets for one document, in forms on the docker's pages."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from huebrush_protocol.messages import ModelInfo
from huebrush_protocol.regions import WITHOUT_MODEL

from ..backend.models import ModelStore
from ..base.qt import QtCore, QtWidgets, Signal
from ..base.strings import text
from ..documents.find import LayerEntry
from ..settings.advanced import NO_MODEL, can_go_on
from ..settings.store import DocumentSettings
from .advanced.section import AdvancedSection
from .controls.layer_picker import LayerPicker
from .controls.seed_and_steps import SeedControl, StepsControl
from .controls.slider_control import PercentControl
from .controls.source_picker import SourcePicker
from .edits.section import EditsSection
from .flats.form import RegionForm
from .go_on.choice import StartChoice
from .models.picker import ModelPicker
from .models.shop import ModelShop
from .references.list import ReferenceList
from .references.offers import offered_references, offers


class SettingsForm(QtCore.QObject):
    """For the caller to place: `main`, the few settings of every result; `edits`, the text edits; `finer` and
    `advanced`, what few artists need; `shop`, the models that can be fetched. `start` chooses what to go on from.

    Emits `changed` when the artist has changed a setting, and `layers_requested` when the layers are about to be chosen
    from.
    """

    changed = Signal()
    layers_requested = Signal()

    def __init__(self, store: ModelStore, parent: QtCore.QObject) -> None:
        super().__init__(parent)
        self._loading = False
        self._models: Sequence[ModelInfo] = ()
        self._can_regions = True
        self._usable, self._paints = True, True
        self._shown = DocumentSettings()
        self._line_art = LayerPicker()
        self._line_art.setObjectName("huebrush_line_art")
        self._line_art.setAccessibleName(text("line_art.name"))
        self._line_art.setToolTip(text("line_art.tip"))
        self.references = ReferenceList(lambda: offers(self._line_art.uid))
        self._colored = SourcePicker(
            "huebrush_colored",
            lambda: offered_references(self._line_art.uid),
            text("colored"),
            text("colored.tip"),
            files=True,
        )
        self.start = StartChoice(lambda: offered_references(self._line_art.uid), self)
        self._reference_strength = PercentControl(
            "huebrush_reference_strength", 100, text("strength.reference.name"), text("strength.reference.tip")
        )
        self._sketch_strength = PercentControl(
            "huebrush_sketch_strength", 300, text("strength.sketch.name"), text("strength.sketch.tip")
        )
        self._seed = SeedControl()
        self._steps = StepsControl()
        self._model = ModelPicker()
        self.edits = EditsSection()
        self.advanced = AdvancedSection(lambda: offered_references(self._line_art.uid))
        self.regions = RegionForm(lambda: offered_references(self._line_art.uid), self)
        self.shop = ModelShop(store)
        self.shop.hide()
        self._build_layout()
        self._connect()

    @property
    def settings(self) -> DocumentSettings:
        """Settings that are shown."""
        return DocumentSettings(
            line_art=self._line_art.uid,
            references=self.references.sources,
            reference_strength=self._reference_strength.value,
            sketch_strength=self._sketch_strength.value,
            seed=self._seed.seed,
            steps=self._steps.value,
            model=self._model.currentData() or self._shown.model,
            advanced=self.advanced.settings,
            regions=self.regions.settings,
            colored=self._colored.sources,
            initial=self.start.initial,
            change=self.start.change,
            edits=self.edits.edits,
        )

    def show_settings(self, settings: DocumentSettings, entries: Sequence[LayerEntry]) -> None:
        """Show `settings` of a document with the layers `entries`."""
        self._loading = True
        self._line_art.populate(entries, settings.line_art)
        self.references.set_sources(settings.references)
        self._seed.setValue(settings.seed)
        self.edits.set_edits(settings.edits)
        self._colored.set_sources(settings.colored)
        self.start.set_values(settings.initial, settings.change)
        self._show_ways(settings)

    def take_preset(self, settings: DocumentSettings) -> None:
        """Show `settings`, a preset's for the document that is shown, as if the artist had chosen them."""
        self._show_ways(settings)
        self.changed.emit()

    def _show_ways(self, settings: DocumentSettings) -> None:
        """Show what of `settings` a preset has, and remember all of them."""
        self._loading = True
        self._reference_strength.set_value(settings.reference_strength)
        self._sketch_strength.set_value(settings.sketch_strength)
        self._steps.set_value(settings.steps)
        self.advanced.set_settings(settings.advanced)
        self.regions.set_settings(settings.regions)
        self._shown = settings
        self._loading = False
        self.show_models(self._models)

    def show_layers(self, entries: Sequence[LayerEntry]) -> None:
        """Follow the document's layers, which may be new, deleted or renamed."""
        names = {entry.uid: entry.name for entry in entries}
        self._loading = True
        self._line_art.populate(entries, self._line_art.uid)
        sources = self.references.sources
        renamed = tuple(
            dataclasses.replace(source, name=names.get(source.key, source.name)) if source.kind == "layer" else source
            for source in sources
        )
        if renamed != sources:
            self.references.set_sources(renamed)
        self._loading = False

    def show_no_document(self) -> None:
        """Show that there is no document, and nothing to set."""
        self._line_art.populate([], "")
        self.references.set_sources(())
        self._colored.set_sources(())
        self.start.set_values((), self.start.change)

    def show_models(self, models: Sequence[ModelInfo], can_regions: bool | None = None) -> None:
        """Offer `models`, and only the settings that the chosen one supports. `can_regions`: offer flats, also without
        a model (None: as before)."""
        self._models = models
        self._can_regions = self._can_regions if can_regions is None else can_regions
        if not self._loading:
            has_colored = bool(self._shown.colored)
            has_model = self._shown.model != WITHOUT_MODEL and not has_colored
            self._model.show_models(models, self._shown.model, self._can_regions)
            self.regions.show_backend(has_model, self._can_regions, has_colored)
            is_check = self._shown.regions.is_check
            self._seed.setEnabled(not is_check)
            self._model.setEnabled(not is_check and not has_colored)
            self._colored.setEnabled(not is_check)
            paints = has_model and not is_check
            for control in (self.references, self._reference_strength, self._sketch_strength, self._steps):
                control.setEnabled(paints)
            self._paints = paints
            self.edits.setEnabled(self._usable and paints)
            chosen = next((model for model in models if model.name == self._shown.model), None)
            without_weights = chosen is not None and "reference_weights" not in chosen.controls
            title = chosen.title if chosen is not None else ""
            unable = "" if can_go_on(chosen) else text("advanced.not_with", model=title)
            self.start.show_reason(_no_start(is_check, has_colored, has_model) or unable)
            self.references.show_no_weights(text("advanced.not_with", model=title) if without_weights else "")
            self.edits.show_model(chosen)
            self.edits.show_regions(self._shown.regions.has_regions)
            self.advanced.show_model(chosen if paints else NO_MODEL)

    @property
    def needs_reference(self) -> bool:
        """True while nothing is chosen that the colours could come from, although the result needs it."""
        return self.references.isEnabled() and not self.references.sources and not self._colored.sources

    def take_seed(self, seed: int) -> None:
        """Choose this seed, as if the artist had typed it."""
        self._seed.setValue(seed)

    def take_new_seed(self) -> None:
        """Choose another seed at random."""
        self._seed.roll()

    def set_usable(self, usable: bool) -> None:
        """Grey out the settings; models can be fetched without a document."""
        self._usable = usable
        for part in (self.main, self.finer, self.advanced):
            part.setEnabled(usable)
        self.edits.setEnabled(usable and self._paints)

    def _build_layout(self) -> None:
        self.main = QtWidgets.QWidget()
        self.main.setObjectName("huebrush_main_settings")
        grid = _grid(self.main)
        _add_row(grid, "line_art", self._line_art)
        grid.addWidget(self.references, grid.rowCount(), 0, 1, 2)
        _add_row(grid, "result", self.regions.choice.box)
        grid.addWidget(self.regions.choice.extras, grid.rowCount(), 0, 1, 2)
        _add_row(grid, "colored", self._colored)
        _add_row(grid, "initial", self.start.picker)
        grid.addWidget(self.start.amount_label, grid.rowCount(), 0, QtCore.Qt.AlignmentFlag.AlignTop)
        grid.addWidget(self.start.amount, grid.rowCount() - 1, 1)
        _add_row(grid, "reference_strength", self._reference_strength)
        _add_row(grid, "model", self._model.row, self._model)
        grid.addWidget(self.regions.section, grid.rowCount(), 0, 1, 2)
        self.finer = QtWidgets.QWidget()
        grid = _grid(self.finer)
        _add_row(grid, "quality", self._steps)
        _add_row(grid, "seed", self._seed)
        _add_row(grid, "sketch_strength", self._sketch_strength)

    def _connect(self) -> None:
        self._line_art.about_to_show.connect(self.layers_requested)
        self._line_art.picked.connect(lambda _uid: self._on_other_lines())
        self._model.activated.connect(lambda _index: self._on_edited())
        self._model.more_requested.connect(self.shop.open_shop)
        self.shop.closed.connect(self._model.setFocus)
        for control in (
            self.references,
            self._colored,
            self.start,
            self._reference_strength,
            self._sketch_strength,
            self._seed,
            self._steps,
            self.edits,
            self.advanced,
            self.regions,
        ):
            control.changed.connect(self._on_edited)

    def _on_other_lines(self) -> None:
        """Forget the fixes: other lines have other regions."""
        self.regions.set_fixes(())
        self._on_edited()

    def _on_edited(self) -> None:
        if not self._loading:
            self._shown = self.settings
            self.show_models(self._models)
            self.changed.emit()


def _no_start(is_check: bool, has_colored: bool, has_model: bool) -> str:
    """Return the reason for which no result can go on from a picture, "" where one can."""
    if is_check:
        return text("initial.off.check")
    if has_colored:
        return text("initial.off.colored")
    return "" if has_model else text("initial.off.model")


def _grid(parent: QtWidgets.QWidget) -> QtWidgets.QGridLayout:
    """Return a grid with labels on the left and controls on the right."""
    grid = QtWidgets.QGridLayout(parent)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(4)
    grid.setVerticalSpacing(4)
    grid.setColumnStretch(1, 1)
    return grid


def _add_row(
    grid: QtWidgets.QGridLayout, name: str, widget: QtWidgets.QWidget, buddy: QtWidgets.QWidget | None = None
) -> None:
    label = QtWidgets.QLabel(text(f"label.{name}"))
    label.setBuddy(buddy or widget)
    row = grid.rowCount()
    grid.addWidget(label, row, 0)
    grid.addWidget(widget, row, 1)
