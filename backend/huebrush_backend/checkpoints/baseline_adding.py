"""Makes a baseline out of its parts and puts it into the models folder. A failure leaves nothing behind."""

from __future__ import annotations

from pathlib import Path

from torch import nn

from huebrush_backend.checkpoints.adding import place_file, require_free_name, require_space, staged
from huebrush_backend.checkpoints.baseline_parts import BaselineParts, assemble_baseline
from huebrush_backend.checkpoints.errors import CheckpointError
from huebrush_backend.models.baseline_folder import IP_ADAPTER_FILE, IP_ADAPTER_FOLDER
from huebrush_backend.pipeline.baseline_loading import attach_ip_adapter
from huebrush_backend.pipeline.loading import PipelineFilesError


def add_baseline(parts: BaselineParts, name: str, models_folder: Path) -> None:
    """Check `parts` and make them the model `name` in `models_folder`.

    Raises a CheckpointError that names the wrong part, ModelsFolderError, and OSError when files cannot be read or
    written.
    """
    require_free_name(name, models_folder)
    pipeline = assemble_baseline(parts)
    networks = [part for part in pipeline.components.values() if isinstance(part, nn.Module)]
    size = sum(tensor.nbytes for network in networks for tensor in network.parameters())
    require_space(models_folder, size + parts.ip_adapter.stat().st_size)
    with staged(name, models_folder) as folder:
        pipeline.save_pretrained(folder, safe_serialization=True)
        (folder / IP_ADAPTER_FOLDER).mkdir()
        place_file(parts.ip_adapter, folder / IP_ADAPTER_FOLDER / IP_ADAPTER_FILE)
        try:
            attach_ip_adapter(pipeline, folder)  # after saving, because it changes the UNet
        except PipelineFilesError as error:
            raise CheckpointError(f"{parts.ip_adapter.name}: {error}") from error
