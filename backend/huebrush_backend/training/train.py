"""Trains the stages of a run, one after the other."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

from huebrush_backend.training.configuration import ConfigurationError
from huebrush_backend.training.log import Log
from huebrush_backend.training.loop import ALREADY_COMPLETE, STATE_FILE, Progress, Stage
from huebrush_backend.training.plan import TrainingPlan, write_record
from huebrush_backend.training.preparation import PREPARATIONS
from huebrush_backend.training.randomness import seed_everything

GuardInterrupts = Callable[[], AbstractContextManager[Callable[[], bool]]]
"""Opens a context in which Ctrl+C only makes the yielded function return True, so that the state can be saved."""


def never_interrupted() -> AbstractContextManager[Callable[[], bool]]:
    """Return a context in which nothing is guarded."""
    return nullcontext(lambda: False)


def train(
    plan: TrainingPlan,
    listener: Callable[[Progress], None] = lambda progress: None,
    guard_interrupts: GuardInterrupts = never_interrupted,
    stop_at: int | None = None,
    started: Callable[[], None] = lambda: None,
) -> bool:
    """Train the stage of `plan`; return False if the user ended it early, with its state saved.

    Raises ProducerError when a process that makes samples ends, and ConfigurationError for an impossible plan.
    `listener`: is told the progress. `stop_at`: end after this step. `started`: called before the first step, when
    nothing of the plan was refused.
    """
    folder = plan.stage_folder
    if not plan.resume and (folder / STATE_FILE).is_file():
        raise ConfigurationError(
            f"{folder} has a run already: go on with --resume, or choose another --folder for a new one"
        )
    if not plan.resume and (sheet := next(iter(sorted(folder.glob("sheet-*.png"))), None)) is not None:
        raise ConfigurationError(f"{sheet} would be replaced: move it away, or choose another --folder for a new run")
    accelerator = plan.accelerator()
    folder.mkdir(parents=True, exist_ok=True)
    seed_everything(plan.seed)
    preparation = PREPARATIONS[plan.stage](plan, accelerator)
    try:
        stage = Stage(
            name=plan.stage,
            module=preparation.module,
            folder=folder,
            accelerator=accelerator,
            configuration=plan.configuration,
            seed=plan.seed,
            budget=plan.budget,
            resume=plan.resume,
        )
        log = Log(
            plan.stage,
            folder,
            stage.clock.steps,
            plan.configuration.output.tensorboard,
            enabled=accelerator.is_main_process,
        )
        started()
        if accelerator.is_main_process:
            write_record(plan, stage.clock.steps)
        if plan.resume and stage.is_complete:
            listener(stage.progress(ALREADY_COMPLETE))
            log.close()
            return True
        preparation.start(stage.clock.steps)

        def tell(progress: Progress) -> None:
            preparation.progressed(progress.fraction)
            listener(progress)

        try:
            with guard_interrupts() as interrupted:
                return stage.run(preparation.get_batch, preparation.outputs, log, tell, interrupted, stop_at)
        finally:
            log.close()
    finally:
        preparation.close()
