"""Fine-tunes a released model by a plan, and puts the result among the models."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import psutil
import torch
from accelerate import Accelerator
from torch import nn

from huebrush_backend.checkpoints.clip_files import load_clip, require_fitting
from huebrush_backend.checkpoints.errors import CheckpointError
from huebrush_backend.checkpoints.files import read_state_dict
from huebrush_backend.checkpoints.lora_files import write_lora
from huebrush_backend.checkpoints.single_file import (
    ClipTowers,
    ReleasedNetworks,
    released_networks,
    released_pipeline,
)
from huebrush_backend.checkpoints.tuned_files import add_tuned, write_changed
from huebrush_backend.models.registration import ModelRecord, clip_location, read_record
from huebrush_backend.pipeline.conditioning import picture_array, picture_tensor, sketch_tensor
from huebrush_backend.training.configuration import ConfigurationError, write_configuration
from huebrush_backend.training.dry_run import Measurement
from huebrush_backend.training.finetuning.configuration import CONFIGURATION_FILE, FineTuning
from huebrush_backend.training.finetuning.loss import FineTuner, attach_lora, changes_by_layer
from huebrush_backend.training.finetuning.plan import Needs, TuningPlan, needs_of, require_room
from huebrush_backend.training.finetuning.samples import (
    FrozenEncoders,
    TuningSamples,
    batches,
    open_pictures,
    sheet_pairs,
)
from huebrush_backend.training.log import Log
from huebrush_backend.training.loop import Outputs, Progress, Stage
from huebrush_backend.training.plan import with_record
from huebrush_backend.training.randomness import seed_everything
from huebrush_backend.training.stages.recompute import recompute_layers
from huebrush_backend.training.train import GuardInterrupts, never_interrupted

STAGE = "finetune"
RESULT_FILE = "result.safetensors"
SHEET_PAIRS = 2
SHEET_STEPS = 10
MEASURED_STEPS = 2
"""Steps that `measure` does; the first, which also warms caches up, does not count."""


def fine_tune(
    plan: TuningPlan,
    former: FineTuning | None = None,
    listener: Callable[[Progress], None] = lambda progress: None,
    guard_interrupts: GuardInterrupts = never_interrupted,
    stop_at: int | None = None,
) -> ModelRecord | None:
    """Fine-tune by `plan`; return the new model's record, or None if the user ended it early, with its state saved.

    Raises ConfigurationError for what cannot be, SourceError for pictures that cannot be read, ModelsFolderError, and
    OSError.
    `former`: the configuration of the run that is continued. `listener`: is told the progress. `stop_at`: end after
    this step.
    """
    accelerator = plan.accelerator()
    plan.folder.mkdir(parents=True, exist_ok=True)
    with _Ready(plan, accelerator) as ready:
        stage, leads = ready.stage(plan.folder, plan.resume), accelerator.is_main_process
        log = Log(STAGE, plan.folder, stage.clock.steps, plan.configuration.output.tensorboard, leads)
        if leads:
            configuration = with_record(plan.configuration, former, plan.record.sha256, stage.clock.steps)
            write_configuration(configuration, plan.folder / CONFIGURATION_FILE)

        def export() -> None:
            # Only a finished training has a result. It is written here, while averaged weights are in place.
            if stage.clock.steps >= plan.configuration.run.steps:
                ready.write_result(plan.folder / RESULT_FILE)

        outputs = Outputs(export, ready.draw_sheet)
        try:
            with guard_interrupts() as interrupted:
                finished = stage.run(
                    batches(ready.samples, ready.encoders), outputs, log, listener, interrupted, stop_at
                )
        finally:
            log.close()
    if not finished:
        return None
    source, what = plan.configuration.source, plan.configuration.what
    if leads:
        file, strength = plan.folder / RESULT_FILE, what.strength if plan.is_lora else None
        add_tuned(file, source.name, source.model, plan.record, plan.models_folder, strength)
    accelerator.wait_for_everyone()
    return read_record(plan.models_folder / source.name)


@dataclass(frozen=True)
class TuningMeasurement:
    """Memory and time of a fine-tuning, measured on a few steps, and its needs."""

    steps: Measurement
    needs: Needs

    def text(self) -> str:
        """Return it as lines for people."""
        return f"{self.steps.text()}\n  disk        {self.needs.disk / 1e9:.1f} GB at most"


def measure(plan: TuningPlan) -> TuningMeasurement:
    """Do a few steps of `plan` in a folder of their own, and return what they took. Raises as `fine_tune` does."""
    accelerator = plan.accelerator()
    if accelerator.num_processes > 1:
        raise ConfigurationError("--dry-run measures one process; start it without accelerate's launcher")
    with tempfile.TemporaryDirectory() as folder, _Ready(plan, accelerator) as ready:
        stage = ready.stage(Path(folder), resume=False)
        seconds = [stage.time_step(batches(ready.samples, ready.encoders)) for _ in range(MEASURED_STEPS)]
        on_gpu = accelerator.device.type == "cuda"
        measured = Measurement(
            stage=f"{plan.configuration.source.name} ({plan.configuration.run.method})",
            device=str(accelerator.device),
            precision=plan.precision,
            parameters=ready.trained,
            memory=torch.cuda.max_memory_allocated() if on_gpu else psutil.Process().memory_info().rss,
            seconds_a_step=seconds[-1][0],
            seconds_of_samples=seconds[-1][1],
            producers=0,
            steps=plan.configuration.run.steps,
            minutes=None,
        )
        return TuningMeasurement(measured, needs_of(plan, ready.trained))


class _Ready:
    """Everything that a fine-tuning needs, loaded; the pictures' threads end with the context."""

    def __init__(self, plan: TuningPlan, accelerator: Accelerator) -> None:
        self.plan, self.accelerator = plan, accelerator
        seed_everything(plan.seed)
        configuration, options = plan.configuration, plan.configuration.optimization
        source = open_pictures(Path(configuration.source.data))
        self.networks, self.clip = _load(plan)
        unet, sketch_encoder = self.networks.unet, self.networks.sketch_encoder
        trained = nn.ModuleDict()
        if plan.is_lora:
            trained = attach_lora(unet, configuration.what.rank)
        else:
            trained["unet"] = unet
            if configuration.what.sketch_encoder:
                trained["sketch_encoder"] = sketch_encoder
            for parameter in trained.parameters():
                parameter.data = parameter.data.clone()  # the file stays as it is
                parameter.requires_grad_(True)
        self.trained = sum(parameter.numel() for parameter in trained.parameters())
        require_room(plan, needs_of(plan, self.trained), accelerator.device)
        for network in (unet, sketch_encoder):
            nn.Module.to(network, accelerator.device)
            network.to(memory_format=torch.channels_last)  # pyright: ignore[reportCallIssue]
        if options.gradient_checkpointing:
            recompute_layers(unet)
        self.tuner = FineTuner(unet, sketch_encoder, trained, plan.record.prediction_type, configuration.strategies)
        self.encoders = FrozenEncoders(self.networks.vae, self.clip.image_encoder, accelerator.device)
        self.samples = TuningSamples(
            source=source,
            size=plan.size,
            seed=plan.seed,
            batch=options.batch,
            steps=configuration.run.steps,
            strategies=configuration.strategies,
            readers=configuration.run.readers,
        )

    def __enter__(self) -> _Ready:
        return self

    def __exit__(self, *error: object) -> None:
        self.samples.close()

    def stage(self, folder: Path, resume: bool) -> Stage:
        """Return the training loop, with its state in `folder`; with `resume` it goes on from that."""
        return Stage(
            name=STAGE,
            module=self.tuner,
            folder=folder,
            accelerator=self.accelerator,
            configuration=self.plan.configuration,
            seed=self.plan.seed,
            budget=self.plan.budget,
            resume=resume,
        )

    def write_result(self, file: Path) -> None:
        """Write the LoRA, or the whole changed model, to `file`."""
        if self.plan.is_lora:
            write_lora(file, changes_by_layer(self.tuner.trained))
        else:
            write_changed(self.plan.weights_file, self.networks.unet, self.networks.sketch_encoder, file)

    def draw_sheet(self) -> np.ndarray:
        """Draw a sheet (H,W,3) uint8: line art, reference, result and right answer of some pairs, a row each."""
        pipeline = released_pipeline(self.networks, self.clip, self.plan.record.prediction_type)
        side, rows = self.plan.size, []
        for pair in sheet_pairs(self.samples, SHEET_PAIRS):
            painted = pipeline(sketch_tensor(pair.ink), [picture_tensor(pair.reference)], side, side, steps=SHEET_STEPS)
            lines = np.repeat(np.rint(255 * (1 - pair.ink)).astype(np.uint8)[..., None], 3, axis=2)
            result = picture_array(painted.picture)
            rows.append(np.concatenate([lines, pair.reference, result, pair.target], axis=1))
        return np.concatenate(rows)


def _load(plan: TuningPlan) -> tuple[ReleasedNetworks, ClipTowers]:
    location = clip_location(plan.models_folder)
    if location is None:
        raise ConfigurationError(f"{plan.entry.info.name} is not ready: {plan.entry.info.remedy}")
    try:
        clip = load_clip(location, plan.frozen_dtype, with_text=False)
        networks = released_networks(
            read_state_dict(plan.weights_file), plan.frozen_dtype if plan.is_lora else torch.float32
        )
        require_fitting(clip, networks.unet.config["cross_attention_dim"])
    except CheckpointError as error:
        raise ConfigurationError(str(error)) from error
    return networks, clip
