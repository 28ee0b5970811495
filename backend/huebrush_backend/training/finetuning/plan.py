"""A fine-tuning before it starts: the model, the pictures, and whether memory and disk suffice."""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from accelerate import Accelerator

from huebrush_backend.checkpoints.component_sizes import component_parameters
from huebrush_backend.checkpoints.errors import CheckpointError
from huebrush_backend.checkpoints.models_folder import ModelsFolderError, require_free_name
from huebrush_backend.models.catalog import (
    BUILTIN_MODEL,
    ModelEntry,
    UnknownModelError,
    find_model,
    list_entries,
)
from huebrush_backend.models.devices import device_memory
from huebrush_backend.models.registration import ModelRecord, networks_file, read_record
from huebrush_backend.training.budget import Budget
from huebrush_backend.training.configuration import ConfigurationError, Precision
from huebrush_backend.training.finetuning.configuration import FineTuning, Source
from huebrush_backend.training.plan import chosen_precision, require_device
from huebrush_backend.training.randomness import mixed_seed

STATE_BYTES = 12
"""Bytes of a trained parameter in a saved state: the weight, and two averages of AdamW."""
TRAINED_BYTES = 16
"""Bytes of a trained parameter in memory: the same and its gradient."""
SPARE_DISK = 500_000_000
_PURPOSE = 16


@dataclass(frozen=True)
class TuningPlan:
    """A fine-tuning of a model that is there, on pictures that are there.

    * `folder`: folder of the run: state, log and sample sheets
    * `configuration`: with `size` chosen, and what the model predicts
    * `resume`: go on from the state in the folder
    * `entry`, `record`: the model to start from
    * `models_folder`: where the new model goes
    """

    folder: Path
    configuration: FineTuning
    resume: bool
    entry: ModelEntry
    record: ModelRecord
    models_folder: Path

    @property
    def weights_file(self) -> Path:
        """The file of the model to start from."""
        file = networks_file(self.entry.folder, self.record)
        assert file is not None
        return file

    @property
    def size(self) -> int:
        """Side of the samples in pixels."""
        assert self.configuration.data.size is not None
        return self.configuration.data.size

    @property
    def seed(self) -> int:
        """Seed of this fine-tuning."""
        return mixed_seed(self.configuration.run.seed, _PURPOSE) >> 16

    @property
    def is_lora(self) -> bool:
        """Whether a LoRA is trained."""
        return self.configuration.run.method == "lora"

    @property
    def budget(self) -> Budget:
        """Length and learning rate."""
        options = self.configuration.optimization
        return Budget(self.configuration.run.steps, None, options.learning_rate, options.warmup, options.decay)

    @property
    def precision(self) -> Precision:
        """Precision that networks compute in on this machine."""
        run = self.configuration.run
        return chosen_precision(run.precision, run.device)

    @property
    def half(self) -> bool:
        """Whether networks compute in bfloat16."""
        return self.precision == "bfloat16"

    @property
    def frozen_dtype(self) -> torch.dtype:
        """Precision of weights that do not change. Those that do are always single."""
        return torch.bfloat16 if self.half else torch.float32

    def accelerator(self) -> Accelerator:
        """Make accelerate's helper for the chosen device and precision."""
        torch.set_num_threads(self.configuration.run.threads)
        device = self.configuration.run.device
        accelerator = Accelerator(mixed_precision="bf16" if self.half else "no", cpu=device == "cpu")
        require_device(device, accelerator)
        return accelerator


def make_plan(configuration: FineTuning, folder: Path, resume: bool, models_folder: Path) -> TuningPlan:
    """Return the plan of `configuration`. Raises ConfigurationError for a model that cannot be fine-tuned."""
    source = configuration.source
    entry, record = tunable_model(source.model, models_folder)
    name = source.name or default_name(source)
    try:
        require_free_name(name, models_folder)
    except ModelsFolderError as error:
        raise ConfigurationError(str(error)) from error
    configuration = replace(
        configuration,
        source=replace(source, name=name, data=str(Path(source.data).absolute())),
        data=replace(configuration.data, size=configuration.data.size or record.native_size),
        strategies=replace(configuration.strategies, prediction=record.prediction_type),
    )
    return TuningPlan(folder, configuration, resume, entry, record, models_folder)


def default_name(source: Source) -> str:
    """Return the name of a new model: that of its parent and of the folder of pictures."""
    words = re.sub(r"[^A-Za-z0-9._-]+", "-", Path(source.data).absolute().name).strip("-.")
    return f"{source.model}-{words or 'tuned'}"


def tunable_model(name: str, models_folder: Path) -> tuple[ModelEntry, ModelRecord]:
    """Return the released model `name` in `models_folder` with its record. Raises ConfigurationError."""
    records = {entry.info.name: read_record(entry.folder) for entry in list_entries(models_folder)}
    names = sorted(model for model, record in records.items() if record is not None and not record.is_lora)
    offer = (
        f"Models that can be fine-tuned: {', '.join(names)}."
        if names
        else "There is no model that can be fine-tuned; get one with 'huebrush models pull' or 'huebrush models add'."
    )
    if name == BUILTIN_MODEL:
        raise ConfigurationError(f"{name} is the built-in model, which 'huebrush train demo --resume' trains. {offer}")
    try:
        entry = find_model(name, models_folder)
    except UnknownModelError as error:
        raise ConfigurationError(f"There is no model {name!r}. {offer}") from error
    record = records.get(name)
    if record is None:
        raise ConfigurationError(f"{name} is not one of the authors' single files. {offer}")
    if record.is_lora:
        raise ConfigurationError(f"{name} is a LoRA itself; start from its parent, {record.parent}.")
    if not entry.info.available:
        raise ConfigurationError(f"{name} is not ready: {entry.info.remedy}")
    return entry, record


@dataclass(frozen=True)
class Needs:
    """Least amounts that a fine-tuning needs, in bytes.

    * `memory`: of the device, for the weights and what belongs to them; layers' results come on top
    * `disk`: in the run's folder: the saved state, a second one while it is written, and the new model
    """

    memory: int
    disk: int


def needs_of(plan: TuningPlan, trained: int) -> Needs:
    """Return the needs of `plan`, which trains `trained` parameters. Raises ConfigurationError for a damaged file."""
    try:
        parameters = component_parameters(plan.entry.folder)
    except (CheckpointError, OSError) as error:
        raise ConfigurationError(str(error)) from error
    each = plan.frozen_dtype.itemsize
    weights = _frozen(plan, parameters) * (each if plan.is_lora else 4) + 4 * parameters.get("vae", 0)
    weights += each * parameters.get("image_encoder", 0)
    average = 4 if plan.configuration.optimization.ema else 0
    new_file = 4 * trained if plan.is_lora else plan.weights_file.stat().st_size
    return Needs(
        memory=weights + trained * (TRAINED_BYTES + average),
        disk=2 * trained * (STATE_BYTES + average) + new_file,
    )


def _frozen(plan: TuningPlan, parameters: Mapping[str, int]) -> int:
    """Return the number of parameters of UNet and sketch encoder that are not trained."""
    parts = {"unet", "sketch_encoder"}
    if not plan.is_lora:
        parts -= {"unet"}
        parts -= {"sketch_encoder"} if plan.configuration.what.sketch_encoder else set()
    return sum(parameters.get(part, 0) for part in parts)


def require_room(plan: TuningPlan, needs: Needs, device: torch.device) -> None:
    """Raise ConfigurationError unless the memory of `device` and the disk of the run's folder suffice for `needs`."""
    free = device_memory(device).available
    if needs.memory > free:
        raise ConfigurationError(
            f"the weights alone take {_gigabytes(needs.memory)} of memory, and {_gigabytes(free)} are free. "
            + memory_remedy(plan)
        )
    existing = next(path for path in (plan.folder, *plan.folder.absolute().parents) if path.exists())
    free = shutil.disk_usage(existing).free
    if needs.disk + SPARE_DISK > free:
        raise ConfigurationError(
            f"the run takes up to {_gigabytes(needs.disk)} in {plan.folder}, and {_gigabytes(free)} are free there; "
            "make room, or choose another --folder"
        )


def memory_remedy(plan: TuningPlan) -> str:
    """Return a remedy for when memory does not suffice for `plan`."""
    options, words = plan.configuration.optimization, ["Close other programs"]
    if not plan.is_lora:
        words.append("use --method lora")
    if plan.size > 256:
        words.append(f"choose a smaller --size than {plan.size}")
    if not options.gradient_checkpointing:
        words.append("add --gradient-checkpointing")
    if options.accumulation < options.batch:
        words.append(f"raise --accumulation to {options.batch}")
    return ", or ".join(words) + "."


def _gigabytes(count: int) -> str:
    return f"{count / 1e9:.1f} GB"
