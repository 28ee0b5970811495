"""One odd file in the models folder disables nothing but its own model, which is listed with the reason."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from huebrush_protocol.messages import ModelInfo, Result
from jobs_helper import final, submit

GOOD = json.dumps({"_class_name": "ColorizePipeline"})


def write(content: str | bytes) -> Callable[[Path], None]:
    """Return a function that writes a file with `content`."""
    data = content.encode("utf-8") if isinstance(content, str) else content
    return lambda file: (file.write_bytes(data), None)[1]


def write_huge(file: Path) -> None:
    with file.open("wb") as stream:
        stream.truncate(1 << 34)


def setting(**values: object) -> Callable[[Path], None]:
    """Return a function that writes an index of a usable class with `values`."""
    return write(json.dumps({"_class_name": "ColorizePipeline", **values}))


ODD: dict[str, tuple[Callable[[Path], None], str]] = {
    "null": (write("null"), "JSON object"),
    "list": (write("[1]"), "JSON object"),
    "class-list": (write('{"_class_name": ["ColorizePipeline"]}'), "_class_name"),
    "class-missing": (write("{}"), "_class_name"),
    "deep": (write("[" * 200_000), "nested too deeply"),
    "no-json": (write("<html>"), "not JSON"),
    "digits": (write('{"_class_name": ' + "9" * 10_000 + "}"), "not JSON"),
    "latin1": (write('{"_class_name": "é"}'.encode("latin-1")), "not JSON"),
    "fifo": (lambda file: os.mkfifo(file), "regular file"),
    "folder": (lambda file: file.mkdir(), "regular file"),
    "dangling": (lambda file: file.symlink_to("nowhere"), "regular file"),
    "loop": (lambda file: file.symlink_to(file.name), "symbolic links"),
    "device": (lambda file: file.symlink_to("/dev/zero"), "regular file"),
    "huge": (write_huge, "at most"),
    "size-text": (setting(native_size="large"), "native_size"),
    "size-infinite": (setting(native_size=float("inf")), "native_size"),
    "size-long": (setting(native_size=10**40), "native_size"),
    "guidance": (setting(reference_guidance=float("nan")), "reference_guidance"),
    "licence-long": (setting(licence="x" * 900_000), "licence"),
    "licence-half": (setting(licence="\ud800"), "licence"),
}
"""How the `model_index.json` of each model of this name is made, and what is said about it."""


@pytest.fixture
def models(root: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The models folder, with one usable model in it."""
    folder = root / "models"
    good = folder / "good"
    good.mkdir(parents=True)
    (good / "model_index.json").write_text(GOOD, "utf-8")
    monkeypatch.setenv("HUEBRUSH_MODELS", str(folder))
    return folder


def listed(start_backend) -> dict[str, ModelInfo]:
    """Return what `hello` and `list_models` tell of a backend that must still run a job."""
    client = start_backend(engine="pull_engine:create_engine").client()
    greeted = {model.name: model for model in client.hello().models}
    assert greeted == {model.name: model for model in client.models()}
    assert greeted["demo"].available and greeted["good"].available
    assert isinstance(final(client, submit(client, model="good")), Result)
    return greeted


def test_every_odd_index_is_listed_with_its_reason(start_backend, models: Path):
    for name, (make, _) in ODD.items():
        (models / name).mkdir()
        make(models / name / "model_index.json")
    told = listed(start_backend)
    for name, (_, reason) in ODD.items():
        assert not told[name].available
        assert reason in told[name].remedy, (name, told[name].remedy)
        assert str(models / name) in told[name].remedy


def test_odd_records_and_parts_are_survived_too(start_backend, models: Path):
    for name in ("record-fifo", "record-deep", "record-list"):
        (models / name).mkdir()
    os.mkfifo(models / "record-fifo" / "model.json")
    (models / "record-deep" / "model.json").write_text("[" * 200_000, "utf-8")
    (models / "record-list" / "model.json").write_text("[1]", "utf-8")
    for part in ("scheduler", "unet"):
        (models / "good" / part).mkdir()
    os.mkfifo(models / "good" / "scheduler" / "scheduler_config.json")
    os.mkfifo(models / "good" / "unet" / "model.safetensors")
    deep = b"[" * 200_000
    (models / "good" / "unet" / "deep.safetensors").write_bytes(len(deep).to_bytes(8, "little") + deep)
    told = listed(start_backend)
    assert not any(told[name].available for name in ("record-fifo", "record-deep", "record-list"))
    assert told["good"].blocks == 0


def test_a_folder_whose_name_is_no_text_is_listed(start_backend, models: Path):
    folder = models / os.fsdecode(b"bad\xff")
    folder.mkdir()
    (folder / "model_index.json").write_text(GOOD, "utf-8")
    told = listed(start_backend)
    assert not told["bad?"].available and "not valid text" in told["bad?"].remedy


def test_a_thousand_odd_folders_leave_room_for_the_usable_ones(start_backend, models: Path):
    for number in range(1000):
        (models / f"a{number}").mkdir()
        (models / f"a{number}" / "model_index.json").write_text("null", "utf-8")
    assert len(listed(start_backend)) < 200


def test_odd_settings_are_no_settings(start_backend, models: Path, root: Path):
    (root / "data").mkdir()
    os.mkfifo(root / "data" / "settings.json")
    os.mkfifo(root / "data" / "loading_times.json")
    listed(start_backend)
