"""Colorize in Krita without a window: an example of driving the plugin from a script.

Krita's own `kritarunner` runs it; the plugin must be installed (`python3 install.py plugin`):

    env -u DISPLAY -u WAYLAND_DISPLAY QT_QPA_PLATFORM=offscreen \\
        PYTHONPATH="docs/example:<Krita's data folder>/pykrita" \\
        kritarunner -s colorize_in_krita -f main line_art.png reference.png result.kra [seed] [steps]

It makes a Krita document with a reference layer and a line-art layer, saves it beside the result (`…-before.kra`),
colorizes it as the docker's button would, and saves the result. What goes wrong is written to `result.kra.error`.
"""

from __future__ import annotations

import traceback
from pathlib import Path
from typing import Any

from krita import Krita

SECONDS = 600
PROFILE = "sRGB-elle-V2-srgbtrc.icc"


def main(words: list[str]) -> None:
    """Run with the words of the command line; called by kritarunner."""
    line_art, reference, result = (Path(word).absolute() for word in words[:3])
    seed, steps = (int(word) for word in (*words[3:5], *("1", "20")[len(words[3:5]) :]))
    failure = result.with_name(result.name + ".error")
    failure.unlink(missing_ok=True)
    try:
        document = make_document(line_art, reference)
        save(document, result.with_name(f"{result.stem}-before.kra"))
        colorize(document, seed, steps)
        save(document, result)
        document.setModified(False)
        document.close()
    except Exception:
        failure.write_text(traceback.format_exc(), "utf-8")


def make_document(line_art: Path, reference: Path) -> Any:
    """Return a new document with the two pictures as layers named "Reference" and "Line art" (on top)."""
    from huebrush.base.qt import QtGui

    pictures = {"Reference": QtGui.QImage(str(reference)), "Line art": QtGui.QImage(str(line_art))}
    for name, picture in pictures.items():
        if picture.isNull():
            raise FileNotFoundError(f"cannot read the picture for {name}")
    page = pictures["Line art"]
    document = Krita.instance().createDocument(
        page.width(), page.height(), "Huebrush example", "RGBA", "U8", PROFILE, 300.0
    )
    document.setBatchmode(True)
    for name, picture in pictures.items():
        add_layer(document, name, picture)
    document.refreshProjection()
    document.waitForDone()
    return document


def add_layer(document: Any, name: str, picture: Any) -> None:
    """Add a paint layer with `picture` (a QImage) on top, at the page's top left corner."""
    from huebrush.base.qt import QtCore, image_bytes

    layer = document.createNode(name, "paintlayer")
    layer.setPixelData(QtCore.QByteArray(image_bytes(picture)), 0, 0, picture.width(), picture.height())
    if name == "Line art":
        layer.setBlendingMode("multiply")  # the example's lines are black on white paper
    document.rootNode().addChildNode(layer, None)


def colorize(document: Any, seed: int, steps: int) -> None:
    """Colorize `document` from its layer "Reference" and wait until the result is in place; raise when it fails."""
    from huebrush.base.qt import QtCore

    # The plugin looks for its installation in the data folder of the program that it runs in.
    QtCore.QCoreApplication.setApplicationName("krita")
    from huebrush import api
    from huebrush.session import session

    lines, reference = (document.nodeByName(name) for name in ("Line art", "Reference"))
    job = api.colorize(document, lines, [reference], seed=seed, steps=steps)
    stage = api.wait(job, SECONDS)
    session().close()  # ends the backend
    if stage is not api.Stage.DONE:
        raise RuntimeError(f"{stage.value}: {job.outcome.message if job.outcome else 'no answer in time'}")
    reference.setVisible(False)
    document.refreshProjection()
    document.waitForDone()


def save(document: Any, path: Path) -> None:
    """Save `document` as `path`; raise OSError when Krita does not."""
    path.unlink(missing_ok=True)  # else Krita keeps a backup beside it
    if not document.saveAs(str(path)) or not path.exists():
        raise OSError(f"Krita could not save {path}")
