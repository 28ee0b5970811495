"""Small SVG drawings for tests."""

from __future__ import annotations


def svg(body: str, box: str = "0 0 100 100") -> bytes:
    """Return an SVG file with `body`."""
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        'xmlns:inkscape="http://www.inkscape.org/namespaces/inkscape" '
        f'viewBox="{box}">{body}</svg>'
    ).encode()


PAGE = '<rect width="100" height="100" fill="#ffffff"/>'
"""A white page that makes the drawing as large as its view box."""

HOUSE = svg(
    '<rect id="sky" width="100" height="100" fill="#9ccbf0"/>'
    '<rect id="ground" y="80" width="100" height="20" fill="#7ab648"/>'
    '<rect id="wall" x="20" y="45" width="60" height="40" fill="#f2d9a0" stroke="#000000"/>'
    '<path id="roof" d="M15 45 L50 15 L85 45 Z" fill="#b8442e" stroke="#000000"/>'
    '<rect id="door" x="42" y="60" width="16" height="25" fill="#6a4a3a" stroke="#000000"/>'
    '<rect id="window" x="25" y="55" width="12" height="12" fill="#fff6c0" stroke="#000000"/>'
    '<rect id="window-2" x="63" y="55" width="12" height="12" fill="#fff6c0" stroke="#000000"/>'
    '<circle id="sun" cx="12" cy="14" r="8" fill="#ffd030" stroke="#000000"/>'
    '<rect id="chimney" x="65" y="15" width="8" height="20" fill="#8a8f96" stroke="#000000"/>'
)
"""A house with seven parts and strokes along most borders."""

BERRY = svg(
    '<circle cx="50" cy="55" r="35" fill="#d83030"/>'
    '<circle cx="40" cy="45" r="8" fill="#f08080"/>'
    '<path d="M50 20 L30 5 L70 5 Z" fill="#309040"/>'
)
"""A drawing of fills alone, as emoji are."""
