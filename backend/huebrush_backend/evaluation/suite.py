"""Runs one painter, or two side by side, over the pairs of a set: every reference and every guidance that is asked for.

`evaluation/verdict.py` compares two painters; `evaluation/report.py` turns what is found here into a report.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice

import numpy as np

from huebrush_backend.evaluation.metrics import part_changes
from huebrush_backend.evaluation.painters import DEFAULT_GUIDANCE, GuidanceSetting, Painter, PaintTask
from huebrush_backend.evaluation.pairs import FAMILY
from huebrush_backend.evaluation.reference_kinds import NONE, REFERENCE_KINDS, reference_view
from huebrush_backend.evaluation.scores import PairScore, Scores, score_picture
from huebrush_backend.evaluation.sets import EvaluationPair, View
from huebrush_backend.evaluation.statistics import Figure, distribution_gap, entanglement
from huebrush_backend.evaluation.trivial_baselines import picture_by_position, shuffled_picture

MOVED_KINDS = ("mirrored", "shifted_15")
"""Moved references whose effect on colours is compared with that of another seed."""
ANOTHER_SEED = "another_seed"
_SEED_STEP = 1_000_003
"""Distance of the other noise seed from a pair's own."""


@dataclass(frozen=True)
class Questions:
    """Everything to compute.

    * `kinds`: kinds of reference, of `REFERENCE_KINDS`
    * `guidances`: settings of the guidance; the first is the one of the report's main figures
    * `keep`: number of first pairs to return as examples
    """

    kinds: tuple[str, ...] = REFERENCE_KINDS
    guidances: tuple[GuidanceSetting, ...] = (DEFAULT_GUIDANCE,)
    keep: int = 0

    @property
    def asks_entanglement(self) -> bool:
        """Whether all references are there that entanglement is computed from."""
        return {"cross", *MOVED_KINDS} <= set(self.kinds)

    def pictures(self, painters: int, beside: bool) -> int:
        """Return the number of pictures of each pair."""
        return painters * len(self.guidances) * (len(self.kinds) + self.asks_entanglement) + beside


@dataclass
class Findings:
    """Results for one painter and one guidance.

    `scores` by kind of reference; `moves`: for each kind of `MOVED_KINDS` and for `ANOTHER_SEED`, one list of ΔE of
    parts for each pair; `seconds`: processor time of all pictures, `pictures` their number.
    """

    scores: dict[str, Scores] = field(default_factory=dict)
    moves: dict[str, list[list[float]]] = field(default_factory=dict)
    seconds: float = 0.0
    pictures: int = 0

    def distribution_gap(self) -> Figure | None:
        """Return the distribution gap; None if it was not asked for."""
        if not {"aligned", "cross"} <= self.scores.keys():
            return None
        return distribution_gap(self.scores["aligned"].accuracy(), self.scores["cross"].accuracy())

    def entanglement(self) -> Figure | None:
        """Return the entanglement; None if it was not asked for."""
        if not self.moves:
            return None
        by_pair = zip(*(self.moves[kind] for kind in MOVED_KINDS), strict=True)
        return entanglement([list(chain(*rows)) for rows in by_pair], self.moves[ANOTHER_SEED])


@dataclass
class Evaluation:
    """Results of all painters.

    * `findings`: for each painter by its name, findings by the name of the guidance
    * `floors`: scores of pictures made without understanding, and "ceiling", those of the right answer
    * `changes`: ΔE of parts between the main painter and the one beside it, one list for each pair
    * `examples`: the first pairs with the main painter's pictures
    * `pairs`: number of finished pairs
    * `questions`: what was asked
    """

    questions: Questions
    findings: dict[str, dict[str, Findings]]
    floors: dict[str, Scores] = field(default_factory=dict)
    changes: list[list[float]] | None = None
    examples: list[tuple[EvaluationPair, np.ndarray]] = field(default_factory=list)
    pairs: int = 0


def evaluate(
    painters: Mapping[str, Painter],
    pairs: Iterable[EvaluationPair],
    questions: Questions,
    number: int = 0,
    at_once: int = 1,
    beside: Painter | None = None,
    on_picture: Callable[[int], None] = lambda done: None,
    is_cancelled: Callable[[], bool] = lambda: False,
) -> Evaluation:
    """Score `painters` on the same `pairs` with the same noise.

    * `painters`: the painter to score, and others to compare it with, by name
    * `pairs`: pairs of a set
    * `questions`: what to compute
    * `number`: number of the set, from which colours for the floor "chance" are drawn by lot
    * `at_once`: number of pairs that painters get together, so that they can make batches
    * `beside`: another painter; the evaluation says how far its colours are from the first painter's
    * `on_picture`: called with the number of pictures that are done
    * `is_cancelled`: called between pictures; once it returns True, what is known of the finished pairs is returned
    """
    names = [guidance.name for guidance in questions.guidances]
    evaluation = Evaluation(questions, {painter: {name: Findings() for name in names} for painter in painters})
    evaluation.changes = None if beside is None else []
    studio = _Studio(on_picture, is_cancelled)
    for some in _chunks(pairs, at_once):
        first = evaluation.pairs
        try:
            painted = {
                painter: {
                    guidance.name: studio.all_pictures(paint, some, first, questions, guidance)
                    for guidance in questions.guidances
                }
                for painter, paint in painters.items()
            }
            other = [] if beside is None else studio.pictures(beside, some, first, "cross", DEFAULT_GUIDANCE)
        except _Cancelled:
            break
        for painter, by_guidance in painted.items():
            for name, pictures in by_guidance.items():
                _add_scores(evaluation.findings[painter][name], some, pictures)
        main = painted[next(iter(painters))][names[0]].pictures.get("cross")
        if main is not None:
            evaluation.examples += list(zip(some, main, strict=True))[: questions.keep - len(evaluation.examples)]
            for position, pair in enumerate(some):
                _add_floors(evaluation.floors, pair, np.random.default_rng([FAMILY, number, first + position]))
            if evaluation.changes is not None:
                evaluation.changes += map(_changes, some, main, other)
        evaluation.pairs += len(some)
    return evaluation


class _Cancelled(Exception):
    """Nothing more is to be painted."""


@dataclass
class _Painted:
    """Pictures of some pairs by kind of reference, and the processor time that they took."""

    pictures: dict[str, list[np.ndarray]] = field(default_factory=dict)
    seconds: float = 0.0


class _Studio:
    """Has pictures painted, counts them, and stops when the evaluation is cancelled."""

    def __init__(self, on_picture: Callable[[int], None], is_cancelled: Callable[[], bool]) -> None:
        self._on_picture, self._is_cancelled = on_picture, is_cancelled
        self._done = 0

    def all_pictures(
        self,
        paint: Painter,
        pairs: Sequence[EvaluationPair],
        first: int,
        questions: Questions,
        guidance: GuidanceSetting,
    ) -> _Painted:
        """Return all pictures of `pairs`, of which the first has the index `first`, that `questions` need."""
        painted = _Painted()
        before = time.process_time()
        for kind in (*questions.kinds, *((ANOTHER_SEED,) if questions.asks_entanglement else ())):
            painted.pictures[kind] = self.pictures(paint, pairs, first, kind, guidance)
        painted.seconds = time.process_time() - before
        return painted

    def pictures(
        self, paint: Painter, pairs: Sequence[EvaluationPair], first: int, kind: str, guidance: GuidanceSetting
    ) -> list[np.ndarray]:
        """Return a picture for each of `pairs`; an empty one where the set has no reference of that kind."""
        if self._is_cancelled():
            raise _Cancelled
        tasks, places = [], []
        for position, pair in enumerate(pairs):
            view = None if kind == NONE else _view(pair, kind)
            if view is None and kind != NONE:
                continue
            seed = first + position + (_SEED_STEP if kind == ANOTHER_SEED else 0)
            tasks.append(PaintTask(pair.line_art, None if view is None else view.picture, seed, guidance))
            places.append(position)
        pictures = [_NO_PICTURE] * len(pairs)
        for position, picture in zip(places, paint(tasks), strict=True):
            pictures[position] = picture
        self._done += len(pairs)
        self._on_picture(self._done)
        return pictures


_NO_PICTURE = np.zeros((0, 0, 3), np.uint8)


def _chunks(pairs: Iterable[EvaluationPair], size: int) -> Iterator[list[EvaluationPair]]:
    remaining = iter(pairs)
    while some := list(islice(remaining, size)):
        yield some


def _view(pair: EvaluationPair, kind: str) -> View | None:
    """Return the reference to look at, and for "none" the one to compare with, which the painter does not see."""
    return reference_view(pair, "cross" if kind in (NONE, ANOTHER_SEED) else kind)


def _add_scores(findings: Findings, pairs: Sequence[EvaluationPair], painted: _Painted) -> None:
    findings.seconds += painted.seconds
    for kind, pictures in painted.pictures.items():
        findings.pictures += len(pictures)
        if kind == ANOTHER_SEED:
            continue
        scores = findings.scores.setdefault(kind, Scores())
        for pair, picture in zip(pairs, pictures, strict=True):
            view = _view(pair, kind)
            if view is None or not picture.size:
                scores.pairs.append(PairScore())
            else:
                scores.pairs.append(score_picture(picture, pair, view))
    if ANOTHER_SEED not in painted.pictures:
        return
    for kind in (*MOVED_KINDS, ANOTHER_SEED):
        moves = findings.moves.setdefault(kind, [])
        for pair, before, after in zip(pairs, painted.pictures["cross"], painted.pictures[kind], strict=True):
            view = _view(pair, kind)
            shown = pair.shown_parts(pair.reference.labels) & pair.shown_parts(None if view is None else view.labels)
            changes = part_changes(before, after, pair.labels, pair.ink, len(pair.colors))
            moves.append([change for part, change in changes.items() if shown[part] and part not in pair.left_out])


def _add_floors(floors: dict[str, Scores], pair: EvaluationPair, random: np.random.Generator) -> None:
    pictures = {
        "chance": shuffled_picture(pair, random),
        "copy_by_position": picture_by_position(pair),
        "ceiling": pair.truth,
    }
    for name, picture in pictures.items():
        floors.setdefault(name, Scores()).pairs.append(score_picture(picture, pair, pair.reference))


def _changes(pair: EvaluationPair, picture: np.ndarray, other: np.ndarray) -> list[float]:
    return list(part_changes(picture, other, pair.labels, pair.ink, len(pair.colors)).values())
