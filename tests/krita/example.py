"""The pictures of the example document."""

from krita_program import ROOT

EXAMPLE = ROOT / "docs" / "example"
LINE_ART, REFERENCE = EXAMPLE / "line_art.png", EXAMPLE / "reference.png"
