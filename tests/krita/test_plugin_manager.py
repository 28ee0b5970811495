"""Krita's Plugin Manager shows the manual, with its pictures."""

from __future__ import annotations

LOOK = """
W = hands.QtWidgets
shown = {}
def rows(dialog):
    "Each row of each list in the dialog: the list, its index, and the words."
    for view in dialog.findChildren(W.QAbstractItemView):
        model = view.model()
        for number in range(model.rowCount() if model is not None else 0):
            index = model.index(number, 0)
            yield view, index, str(index.data())
def choose(dialog, words):
    for view, index, said in list(rows(dialog)):
        if said == words:
            view.setCurrentIndex(index)
            view.clicked.emit(index)
    hands.spin(0.5)
def pictures(document):
    "The names of the pictures in a text."
    block = document.begin()
    while block.isValid():
        part = block.begin()
        while not part.atEnd():
            form = part.fragment().charFormat()
            if form.isImageFormat():
                yield form.toImageFormat().name()
            part += 1
        block = block.next()
def look():
    dialog = W.QApplication.activeModalWidget()
    try:
        choose(dialog, 'Python Plugin Manager')
        choose(dialog, 'Huebrush')
        browser = dialog.findChild(W.QTextBrowser, 'textBrowser')
        shown['words'] = browser.toPlainText()
        names = list(pictures(browser.document()))
        found = [browser.document().resource(2, hands.QtCore.QUrl(name)) for name in names]
        shown['widths'] = [picture.width() if picture is not None else 0 for picture in found]
    finally:
        dialog.reject()
hands.QtCore.QTimer.singleShot(1000, look)
app.action('options_configure').trigger()
"""


def test_manual_is_shown(lonely_krita):
    lonely_krita.run(LOOK)
    shown = lonely_krita.value("shown")
    assert shown["words"].startswith("Huebrush in Krita: the manual")
    assert "Places to check" in shown["words"]
    assert len(shown["widths"]) > 10 and min(shown["widths"]) > 30, "pictures are missing"
