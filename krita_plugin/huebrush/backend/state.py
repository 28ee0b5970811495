"""Known facts about the backend, as one value that jobs are decided by."""

from __future__ import annotations

from dataclasses import dataclass

from huebrush_protocol.messages import ModelInfo


@dataclass(frozen=True)
class BackendState:
    """Known facts about the backend; perhaps none while it is not ready, which is no reason to refuse a job."""

    is_ready: bool = False
    models: tuple[ModelInfo, ...] = ()
    capabilities: tuple[str, ...] = ()

    def lacks(self, capability: str) -> bool:
        """True if the backend has named its capabilities and this is not one of them."""
        return self.is_ready and capability not in self.capabilities

    def model(self, name: str) -> ModelInfo | None:
        """Return the model called `name`, None where the backend has told of none."""
        return next((model for model in self.models if model.name == name), None)
