"""Parses SVG and simplifies it: style sheets become attributes, `use` becomes what it shows, text and pictures go.

The result means the same to a renderer, but every element carries its own properties, so fills and strokes can be read
and replaced one by one.
"""

from __future__ import annotations

import copy
import zlib
from collections.abc import Iterator
from xml.etree import ElementTree as ET

import cssselect2
import tinycss2

SVG = "{http://www.w3.org/2000/svg}"
INKSCAPE = "{http://www.inkscape.org/namespaces/inkscape}"
DROPPED = "data-dropped"
_HREFS = ("href", "{http://www.w3.org/1999/xlink}href")
MOST_ELEMENTS = 20_000
"""Largest number of elements of a drawing, with everything that `use` repeats. More only takes time and memory."""
MOST_BYTES = 32 * 2**20
_DROPPED = frozenset((
    "animate", "animateMotion", "animateTransform", "audio", "desc", "feImage", "foreignObject", "image", "metadata",
    "script", "set", "style", "text", "title", "video",
))  # fmt: skip
"""Elements that are no shapes. Text depends on the fonts of a machine, and pictures have no fills."""
_NOT_INHERITED_BY_USE = frozenset(("x", "y", "width", "height", "id", *_HREFS))


class DrawingError(ValueError):
    """A drawing cannot be read; the message says why."""


def parse_svg(data: bytes) -> ET.Element:
    """Return the simplified tree of the SVG file `data`, also if it is compressed. Raises DrawingError.

    Names of dropped elements, such as "image" and "text", stand in the attribute `DROPPED` of the tree.
    """
    root = _parse(data)
    if root.tag != SVG + "svg":
        raise DrawingError("this is no SVG drawing: its outermost element is not <svg>")
    _apply_styles(root)
    dropped: set[str] = set()
    _drop(root, dropped)
    root.set(DROPPED, " ".join(sorted(dropped)))
    _expand_uses(root)
    return root


def local_name(element: ET.Element) -> str:
    """Return the name of an SVG element, such as "path"; empty for elements of other namespaces."""
    return element.tag[len(SVG) :] if isinstance(element.tag, str) and element.tag.startswith(SVG) else ""


def reference_of(element: ET.Element) -> str:
    """Return the id that `element` refers to by its href; empty if there is none inside the file."""
    for name in _HREFS:
        value = element.get(name, "")
        if value.startswith("#"):
            return value[1:]
    return ""


def elements_by_id(root: ET.Element) -> dict[str, ET.Element]:
    """Return the elements that have an id; of several with the same one, the first."""
    found: dict[str, ET.Element] = {}
    for element in root.iter():
        if name := element.get("id"):
            found.setdefault(name, element)
    return found


def read_declarations(text: str) -> Iterator[tuple[str, str, bool]]:
    """Yield name, value and importance of the CSS declarations in `text`."""
    yield from _declarations(tinycss2.parse_blocks_contents(text))


def _parse(data: bytes) -> ET.Element:
    if data[:2] == b"\x1f\x8b":
        try:
            unpacker = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
            data = unpacker.decompress(data, MOST_BYTES + 1)
        except zlib.error as error:
            raise DrawingError(f"the compressed file is damaged: {error}") from error
    if len(data) > MOST_BYTES:
        raise DrawingError(f"the file is larger than {MOST_BYTES // 2**20} MB")
    try:
        root = ET.fromstring(data)
    except (ET.ParseError, ValueError, LookupError) as error:
        raise DrawingError(f"this is no valid XML: {error}") from error
    if root.tag == "svg":  # without the namespace that the standard wants; browsers do not mind either
        for element in root.iter():
            if isinstance(element.tag, str) and not element.tag.startswith("{"):
                element.tag = SVG + element.tag
    if sum(1 for _ in root.iter()) > MOST_ELEMENTS:
        raise DrawingError(f"the drawing has more than {MOST_ELEMENTS} elements")
    return root


def _apply_styles(root: ET.Element) -> None:
    """Write what style sheets and `style` attributes say into the attributes of the elements."""
    sheets = [element.text or "" for element in root.iter(SVG + "style")]
    matched = _matches(root, "\n".join(sheets)) if sheets else {}
    for element in root.iter():
        rules = matched.get(element, [])
        style = element.attrib.pop("style", "")
        element.attrib.pop("class", None)
        if not rules and not style:
            continue
        declared = [item for rule in rules for item in rule] + list(read_declarations(style))
        for important in (False, True):
            for name, value, is_important in declared:
                if is_important == important and name != "id":
                    element.set(name, value)


def _matches(root: ET.Element, sheet: str) -> dict[ET.Element, list[list[tuple[str, str, bool]]]]:
    """Return the declarations of the rules that match each element, weakest rule first."""
    matcher = cssselect2.Matcher()
    for rule in tinycss2.parse_stylesheet(sheet, skip_comments=True, skip_whitespace=True):
        if rule.type != "qualified-rule":
            continue
        try:
            selectors = cssselect2.compile_selector_list(rule.prelude)
        except cssselect2.SelectorError:
            continue  # a rule that is not understood applies to nothing, as in browsers
        declarations = list(_declarations(tinycss2.parse_blocks_contents(rule.content)))
        for selector in selectors:
            matcher.add_selector(selector, declarations)
    found: dict[ET.Element, list[list[tuple[str, str, bool]]]] = {}
    for wrapper in cssselect2.ElementWrapper.from_xml_root(root).iter_subtree():
        rules = [declarations for _, _, pseudo, declarations in matcher.match(wrapper) if pseudo is None]
        if rules:
            found[wrapper.etree_element] = rules
    return found


def _declarations(nodes: list) -> Iterator[tuple[str, str, bool]]:
    for node in nodes:
        if node.type == "declaration":
            yield node.lower_name, tinycss2.serialize(node.value).strip(), node.important


def _drop(parent: ET.Element, dropped: set[str]) -> None:
    """Remove everything that is no shape and nothing that shapes need; add the removed names to `dropped`."""
    for child in list(parent):
        name = local_name(child)
        if not name or name in _DROPPED:
            dropped.add(name)
            parent.remove(child)
        else:
            child.tail = child.text = None
            _drop(child, dropped)


def _expand_uses(root: ET.Element) -> None:
    """Replace each `use` by a copy of what it refers to."""
    known = elements_by_id(root)
    budget = MOST_ELEMENTS

    def expand(parent: ET.Element, open_ids: frozenset[str]) -> None:
        nonlocal budget
        for place, child in enumerate(list(parent)):
            budget -= 1
            if budget < 0:
                raise DrawingError(f"the drawing has more than {MOST_ELEMENTS} elements")
            if local_name(child) != "use":
                expand(child, open_ids)
                continue
            name = reference_of(child)
            target = known.get(name)
            if target is None or name in open_ids:
                parent[place] = ET.Element(SVG + "g")
                continue
            # A clip path may hold shapes but no groups.
            used = _used_shape(child, target) if local_name(parent) == "clipPath" else _used_group(child, target)
            parent[place] = used
            expand(used, open_ids | {name})

    expand(root, frozenset())


def _used_group(use: ET.Element, target: ET.Element) -> ET.Element:
    """Return the group that shows the same as `use`, which refers to `target`."""
    group = ET.Element(SVG + "g", {key: value for key, value in use.items() if key not in _NOT_INHERITED_BY_USE})
    clone = copy.deepcopy(target)
    if name := use.get("id"):
        group.set("id", name)
        clone.attrib.pop("id", None)
    if shift := _shift(use):
        group.set("transform", f"{use.get('transform', '')} {shift}".strip())
    if local_name(target) == "symbol":
        clone.tag = SVG + "svg"
    if local_name(clone) == "svg":
        clone.set("width", use.get("width", clone.get("width", "100%")))
        clone.set("height", use.get("height", clone.get("height", "100%")))
    group.append(clone)
    return group


def _used_shape(use: ET.Element, target: ET.Element) -> ET.Element:
    """Return a copy of the shape `target` that lies where `use` shows it."""
    shape = copy.deepcopy(target)
    transform = " ".join(filter(None, (use.get("transform"), _shift(use), target.get("transform"))))
    if transform:
        shape.set("transform", transform)
    return shape


def _shift(use: ET.Element) -> str:
    x, y = (_number(use.get(name, "0")) for name in ("x", "y"))
    return f"translate({x} {y})" if (x, y) != (0, 0) else ""


def _number(text: str) -> float:
    try:
        return float(text.strip().removesuffix("px"))
    except ValueError:
        return 0.0
