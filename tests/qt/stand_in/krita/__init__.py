"""As much of Krita's scripting interface as the plugin's docker needs, over the Qt binding named by the environment.

Documents are trees of layers with 8-bit sRGB pixels. There is no undo, no compositing and no other colour space here,
and nothing may be proved about those with it.
"""

from .colors import ManagedColor, Palette, Swatch
from .documents import Document, InfoObject, Selection
from .layers import Node
from .plugins import DockWidget, DockWidgetFactory, DockWidgetFactoryBase, Extension, Notifier
from .program import Krita
from .windows import Canvas, KisCanvasController, View, Window

__all__ = [
    "Canvas",
    "DockWidget",
    "DockWidgetFactory",
    "DockWidgetFactoryBase",
    "Document",
    "Extension",
    "InfoObject",
    "KisCanvasController",
    "Krita",
    "ManagedColor",
    "Node",
    "Notifier",
    "Palette",
    "Selection",
    "Swatch",
    "View",
    "Window",
]
