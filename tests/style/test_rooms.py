"""Folders are rooms, and rooms are stacked: each imports only from those below it (docs/architecture.md)."""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PLUGIN = ROOT / "krita_plugin" / "huebrush"
PLUGIN_ROOMS = (
    "base",
    "documents",
    "backend",
    "palettes",
    "results",
    "settings",
    "strokes",
    "capture",
    "jobs",
    "session",
    "widgets/controls",
    "widgets/pages",
    "widgets/status",
    "widgets/models",
    "widgets/flats",
    "widgets/places_to_check",
    "widgets/color_sources",
    "widgets/history",
    "widgets/references",
    "widgets/advanced",
    "widgets/go_on",
    "widgets/edits",
    "widgets",
    "docker",
    "api",
    "extension",
    "__init__",
)
"""Lowest first. A file that lies beside folders is a room of its own in the plugin's folder, and a part of `widgets` in
that."""
BACKEND = ROOT / "backend" / "huebrush_backend"
BACKEND_ROOMS = (
    "__init__",
    "allocation",
    "imaging",
    "comics",
    "models",
    "manipulation",
    "pipeline",
    "flats/regions",
    "flats/splitting",
    "flats/palettes",
    "flats/colors",
    "flats/spills",
    "flats/layers",
    "flats/checks",
    "flats",
    "checkpoints",
    "engine",
    "server",
    "synthesis",
    "drawings",
    "evaluation",
    "training/randomness",
    "training/moment",
    "training/ranges",
    "training/strategies",
    "training/data",
    "training/stages",
    "training",
    "training/finetuning",
    "cli",
)
"""Lowest first."""
MOST_FILES_IN_SIGHT = 5
MOST_FOLDERS_IN_SIGHT = 12


def test_each_room_of_the_plugin_imports_only_from_rooms_below() -> None:
    assert upward_imports(PLUGIN, PLUGIN_ROOMS) == []


def test_each_room_of_the_backend_imports_only_from_rooms_below() -> None:
    assert upward_imports(BACKEND, BACKEND_ROOMS) == []


def test_the_plugin_shows_few_things_at_first_sight() -> None:
    folders = [path.name for path in PLUGIN.iterdir() if path.is_dir() and path.name != "__pycache__"]
    assert len(folders) <= MOST_FOLDERS_IN_SIGHT
    assert len(list(PLUGIN.glob("*.py"))) <= MOST_FILES_IN_SIGHT


def test_an_import_from_above_is_found(tmp_path: Path) -> None:
    for name, text in {
        "low/first.py": "from .second import a\nfrom ..high.third import b\n",
        "low/second.py": "def later():\n    from ..high import third\n",
        "high/third.py": "from ..low.first import a\n",
    }.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8")
    assert upward_imports(tmp_path, ("low", "high")) == ["low/first.py: high", "low/second.py: high"]


def upward_imports(package: Path, rooms: tuple[str, ...]) -> list[str]:
    """Return "file: room" for each import inside `package` of a room that does not lie below the file's own.

    `rooms` are folders or modules of `package`, lowest first. Raises ValueError for a file that is in none of them.
    """
    found = []
    for path in sorted(package.rglob("*.py")):
        place = path.relative_to(package)
        room = room_of(place.with_suffix("").parts, rooms)
        for target in imported_modules(path, package):
            if not (package / target[0]).exists() and not (package / target[0]).with_suffix(".py").exists():
                continue  # a name of the package itself, such as its version
            other = room_of(target, rooms)
            if other != room and rooms.index(other) > rooms.index(room):
                found.append(f"{place.as_posix()}: {other}")
    return found


def imported_modules(path: Path, package: Path) -> list[tuple[str, ...]]:
    """Return what the file at `path` imports of `package`, wherever in the file, as parts of paths below it."""
    inside = path.relative_to(package).parent.parts
    modules: list[tuple[str, ...]] = []
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom):
            words = node.module.split(".") if node.module else []
            if node.level:
                base = (*inside[: len(inside) - node.level + 1], *words)
            elif words[0] == package.name:
                base = tuple(words[1:])
            else:
                continue
            modules += (
                [base]
                if (package / Path(*base)).with_suffix(".py").exists()
                else [(*base, alias.name) for alias in node.names]
            )
        elif isinstance(node, ast.Import):
            parts = [tuple(alias.name.split(".")) for alias in node.names]
            modules += [words[1:] for words in parts if words[0] == package.name and len(words) > 1]
    return modules


def room_of(parts: tuple[str, ...], rooms: tuple[str, ...]) -> str:
    """Return the room that the module with these path parts lies in, the innermost where rooms have rooms."""
    for length in range(len(parts), 0, -1):
        name = "/".join(parts[:length])
        if name in rooms:
            return name
    raise ValueError(f"{'/'.join(parts)} lies in no room: put it into one, or name a new one here")
