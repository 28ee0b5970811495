"""Producers of training samples end with their trainer, whatever way it goes."""

from __future__ import annotations

import contextlib
import multiprocessing
import subprocess
import sys
from pathlib import Path

import numpy as np
import psutil
import pytest
from huebrush_backend.training.data.producer import write_chunk
from huebrush_backend.training.data.stop_with_trainer import is_wanted
from safetensors.numpy import load_file

TRAINER = """
import multiprocessing, os, time
from huebrush_backend.training.data.stop_with_trainer import is_wanted

def produce(stop):
    print(os.getpid(), is_wanted(stop), flush=True)
    while is_wanted(stop):
        time.sleep(0.02)

if __name__ == "__main__":
    context = multiprocessing.get_context("spawn")
    stop = context.Event()
    producer = context.Process(target=produce, args=(stop,), daemon=True)
    producer.start()
    input()
    stop.set()
    producer.join()
"""


@pytest.mark.parametrize("ending", ["asked to", "killed"])
def test_a_producer_ends_when_its_trainer_says_so_or_is_killed(tmp_path: Path, ending: str) -> None:
    script = tmp_path / "trainer.py"
    script.write_text(TRAINER, encoding="utf-8")
    trainer = subprocess.Popen([sys.executable, str(script)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert trainer.stdin is not None and trainer.stdout is not None
    pid, wanted = trainer.stdout.readline().split()
    producer = psutil.Process(int(pid))
    try:
        assert wanted == "True"
        if ending == "killed":
            trainer.kill()
        else:
            trainer.stdin.write("\n")
            trainer.stdin.flush()
        assert trainer.stdout.read() == ""  # comes to its end only when both have ended, as they share the pipe
    finally:
        with contextlib.suppress(psutil.NoSuchProcess):
            producer.kill()
        trainer.kill()
        trainer.communicate()


def test_without_a_trainer_the_word_alone_counts() -> None:
    stop = multiprocessing.Event()
    assert is_wanted(stop)
    stop.set()
    assert not is_wanted(stop)


def test_samples_are_written_in_the_order_of_their_shape(tmp_path: Path) -> None:
    """Networks may return arrays with channels last in memory, of which safetensors writes the bytes as they lie."""
    latent = np.arange(2 * 3 * 4 * 5, dtype=np.float16).reshape(2, 4, 5, 3).transpose(0, 3, 1, 2)
    write_chunk({"latent": latent}, tmp_path / "chunk.safetensors")
    assert np.array_equal(load_file(tmp_path / "chunk.safetensors")["latent"], latent)
