"""Another script closes every document, the plugin's own included, between two steps of reading or writing."""

from __future__ import annotations

import pytest

EDGE = 128
"""Small pages: there is one for every step, and Krita takes its time to open and close them."""
PREPARE = """
from huebrush.capture.pictures import capture
from huebrush.settings.sources import ReferenceSource
from huebrush.documents.find import document_key, node_id
from huebrush.base.problems import ProblemError
from huebrush.results.writeback import insert_group
from huebrush_protocol.frames import Image
from huebrush_protocol.messages import ImageHeader

def reading():
    document = hands.document()
    hidden = document.createGroupLayer("Inks")  # is read by way of a document of the plugin's own
    document.rootNode().addChildNode(hidden, None)
    hidden.addChildNode(hands.layer_named("Line art").duplicate(), None)
    hidden.setVisible(False)
    references = (ReferenceSource("layer", node_id(hands.layer_named("Reference")), "Reference"),)
    return capture(document, node_id(hidden), references)

def writing():
    header = ImageHeader("layer", 8, 8, "BGRA", name="Flats")
    images = [Image(header, memoryview(bytes([9, 9, 9, 255] * 64)))] * 2
    return insert_group(document_key(hands.document()), node_id(hands.layer_named("Line art")), "Group", images)

def begin(work, number):
    "Do this many steps, with their waits, and return whether there are as many."
    global steps
    steps = work()
    try:
        for _ in range(number):
            hands.spin(next(steps) / 1000)  # Krita answers only then
    except StopIteration:
        return False
    return True

def finish():
    "Do the remaining steps and return how they end."
    try:
        for _ in steps:
            pass
    except ProblemError as error:
        return error.problem.code
    return "done"
"""


@pytest.mark.parametrize(
    ("work", "space", "said"),
    [
        ("reading", ("CMYKA", "U8"), "document_closed_early"),
        ("writing", ("RGBA", "U8"), "document_closed"),
    ],
)
def test_documents_closed_between_any_two_steps(lonely_krita, page, work, space, said):
    """Krita lives on, and the work ends with a problem for the docker or, when it had all it needs, well."""
    lonely_krita.run(PREPARE)
    ends: list[str] = []
    page(lonely_krita, model=space[0], depth=space[1], edge=EDGE)
    while lonely_krita.value(f"begin({work}, {len(ends) + 1})"):
        # Krita deletes closed documents when the call is over.
        page(lonely_krita, model=space[0], depth=space[1], edge=EDGE)
        ends.append(lonely_krita.value("finish()"))
    assert len(ends) > 3 and set(ends) <= {said, "done"} and said in ends
