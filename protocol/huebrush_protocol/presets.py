"""The presets that come with Huebrush, as parameters of a job.

The plugin ships settings that give these parameters, and `huebrush evaluate presets` measures them.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from huebrush_protocol.parameters import Parameters
from huebrush_protocol.regions import RegionParameters

PRESETS: Mapping[str, Parameters] = MappingProxyType(
    {
        "inks": Parameters(regions=RegionParameters(result="flats")),
        "sketch": Parameters(regions=RegionParameters(result="flats", shading=True)),
        "comic": Parameters(regions=RegionParameters(result="flats_by_color", palette_size=24)),
    }
)
"""Parameters by the preset's name in the plugin; those that belong to a page, such as the seed, do not count."""
