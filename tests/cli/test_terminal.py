"""The program as a process: encodings, closed pipes, Ctrl+C, wrong numbers, and what libraries say."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import warnings
from pathlib import Path

import cv2
import numpy as np
import pytest
from huebrush_backend.cli import terminal
from huebrush_backend.cli.main import COMMANDS, main
from huebrush_backend.imaging.files import write_png
from line_drawing import line_drawing

START = (sys.executable, "-m", "huebrush_backend.cli.start")
FLATS = ("--model", "none", "--result", "flats", "--palette", "#ff0000,#00ff00")
ENCODINGS = ("cp1252", "cp932", "latin-1", "ascii")


def run(*words: str, encoding: str = "utf-8", **options: object) -> subprocess.CompletedProcess[bytes]:
    environment = os.environ | {"OMP_NUM_THREADS": "1", "PYTHONIOENCODING": f"{encoding}:strict", "COLUMNS": "80"}
    return subprocess.run([*START, *words], capture_output=True, check=False, env=environment, **options)  # pyright: ignore[reportCallIssue, reportArgumentType]


ALL_HELP = """
import io, sys
from huebrush_backend.cli import terminal
from huebrush_backend.cli.main import COMMANDS, build_parser

def parsers(parser):
    yield parser
    for action in parser._actions:
        if isinstance(action.choices, dict):
            for each in action.choices.values():
                yield from parsers(each)

terminal.prepare_terminal()
count = 0
for command in COMMANDS:
    for parser in parsers(build_parser(command)):
        parser.print_help()
        count += 1
print(count, "helps")
"""


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_every_help_can_be_shown(encoding: str) -> None:
    environment = os.environ | {"PYTHONIOENCODING": f"{encoding}:strict"}
    done = subprocess.run([sys.executable, "-c", ALL_HELP], capture_output=True, check=False, env=environment)
    assert (done.returncode, done.stderr) == (0, b"")
    said = done.stdout.decode(encoding)
    assert int(said.split()[-2]) >= 2 * len(COMMANDS)
    assert "\\u" not in said


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_table_and_a_japanese_name_can_be_shown(tmp_path: Path, encoding: str) -> None:
    write_png(tmp_path / "線画.png", line_drawing())
    done = run("colorize", "線画.png", *FLATS, encoding=encoding, cwd=tmp_path)
    assert (done.returncode, done.stderr.strip()) == (0, b"page clean")
    shown = done.stdout.decode(encoding)
    assert shown.startswith("線画-colored.ora" if encoding == "cp932" else r"\u7dda\u753b-colored.ora")
    done = run("colorize", "線画.png", *FLATS, "--output-folder", "out", encoding=encoding, cwd=tmp_path)
    assert done.returncode == 0
    assert "1 done" in done.stdout.decode(encoding)


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_the_doctor_speaks_in_every_encoding(encoding: str) -> None:
    done = run("doctor", encoding=encoding)
    assert b"Traceback" not in done.stderr
    assert b"\\u" not in done.stdout
    assert "Huebrush" in done.stdout.decode(encoding)


@pytest.mark.skipif(sys.platform == "win32", reason="names there are Unicode")
def test_the_bytes_of_a_name_come_out_as_they_are(tmp_path: Path) -> None:
    write_png(tmp_path / os.fsdecode(b"caf\xe9.png"), line_drawing())
    done = run("colorize", os.fsdecode(b"caf\xe9.png"), *FLATS, cwd=tmp_path)
    assert done.returncode == 0
    assert done.stdout.startswith(b"caf\xe9-colored.ora")


@pytest.mark.skipif(sys.platform == "win32", reason="shells of Unix")
@pytest.mark.parametrize("words", ["models list", "colorize --help", "--help", "doctor", "drawings list", "models x"])
def test_a_closed_pipe_ends_quietly(words: str) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    for stream in ("stdout", "stderr") if words == "models x" else ("stdout",):
        other = "stderr" if stream == "stdout" else "stdout"
        done = subprocess.run([*START, *words.split()], check=False, **{stream: writing, other: subprocess.PIPE})  # pyright: ignore[reportCallIssue, reportArgumentType]
        said = getattr(done, other)
        assert b"Traceback" not in said
        assert b"Exception" not in said
        assert done.returncode in (0, 1, 2, 141)  # argparse and rich have ends of their own
    os.close(writing)


@pytest.mark.skipif(sys.platform != "linux", reason="needs /dev/full and shells of Unix")
def test_an_output_that_is_full_or_closed_from_the_start() -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run([*START, "models", "list"], stdout=full, stderr=subprocess.PIPE, check=False)
    assert (done.returncode, done.stderr) == (1, b"huebrush: the output cannot be written: No space left on device.\n")
    for closing in (">&-", "2>&-", ">&- 2>&-"):
        command = f'"{sys.executable}" -m huebrush_backend.cli.start models list {closing}'
        done = subprocess.run(["sh", "-c", command], capture_output=True, check=False)
        assert (done.returncode, done.stderr) == (0, b"")


def test_what_python_shows_of_a_library_is_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    program = (
        "import logging, warnings\n"
        "from huebrush_backend.cli.terminal import prepare_terminal\n"
        "prepare_terminal()\n"
        "warnings.warn('advice', UserWarning)\n"
        "logging.getLogger('some.library').warning('advice')\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert (done.stdout, done.stderr) == (b"", b"")
    with warnings.catch_warnings(record=True) as shown:  # the same without ours
        warnings.simplefilter("default")
        warnings.warn("advice", UserWarning, stacklevel=1)
    assert shown
    assert terminal.EXIT_CLOSED_PIPE == 141


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["colorize", "x.png", "--steps", "many"], "argument --steps: 'many' is not a whole number, within 1 to 150"),
        (["colorize", "x.png", "--steps", "9" * 5000], "is not a whole number"),
        (["colorize", "x.png", "--steps", "0"], "0 is not within 1 to 150"),
        (["colorize", "x.png", "--steps", "2.5"], "'2.5' is not a whole number"),
        (["colorize", "x.png", "--reference-scale", "1,5"], "'1,5' is not a number within"),
        (["colorize", "x.png", "--reference-scale", "nan"], "nan is not within"),
        (["colorize", "x.png", "--reference-scale", "inf"], "inf is not within"),
        (["colorize", "x.png", "--gap", "wide"], "'wide' is no width"),
        (["colorize", "x.png", "--gap", "1.2.3"], "'1.2.3' is not a number within"),
        (["check", "x.png", "--line-art-layer", "a", "--flats-layer", "b", "--dpi", "x"], "'x' is not a number"),
        (["heatmap", "x.png", "red", "--output", "o.png", "--thresholds", "a", "b", "c", "d"], "'a' is not a number"),
        (["bench", "--repeats", "x"], "'x' is not a whole number, 1 or more"),
        (["draw", "sheet", "x.png", "--size", "big"], "'big' is not a whole number"),
        (["serve", "--parent", "me"], "'me' is not a whole number"),
        (["colorize", "x.png", "--nonsense"], "unrecognized arguments: --nonsense"),
        (["nonsense"], "invalid choice: 'nonsense'"),
    ],
)
def test_a_mistake_is_one_sentence(words: list[str], says: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert ended.value.code == 2
    said = capsys.readouterr().err
    assert says in said
    assert "usage" not in said
    assert said.count("\n") == 1


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["models", "folder", ""], "a value is empty"),
        (["models", "folder", "  "], "is blank"),
        (["colorize", "x.png", "--palette", ""], "--palette is empty"),
        (["colorize", "x.png", "--palette="], "--palette is empty"),
        (["colorize", "x.png", "--line-art-layer", ""], "--line-art-layer is empty"),
        (["colorize", "x.png", "--output", ""], "--output is empty"),
        (["colorize", "", "--output", "o.ora"], "a value is empty"),
        (["check", "x.png", "--line-art-layer", "", "--flats-layer", "b"], "--line-art-layer is empty"),
        (["lines", "x.png", "--layer", "", "--output", "o.png"], "--layer is empty"),
        (["train", "demo", "--folder", ""], "--folder is empty"),
        (["colorize", "x.png", "--guidance-pause", "0.9", "0.1"], "--guidance-pause begins at 0.9, after its end"),
        (["colorize", "x.png", "--guidance-start", "0.9", "--guidance-end", "0.1"], "guidance_window.start is 0.9"),
    ],
)
def test_empty_and_impossible_values_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HUEBRUSH_DATA", str(tmp_path / "data"))
    write_png(tmp_path / "x.png", line_drawing())
    reference = ["--reference", "x.png"] if words[0] == "colorize" else []
    assert main([*words, *reference]) == 2
    assert says in capsys.readouterr().err
    assert [file.name for file in tmp_path.iterdir()] == ["x.png"]


@pytest.mark.skipif(sys.platform == "win32", reason="sends SIGINT")
@pytest.mark.parametrize(
    ("delay", "words"),
    [
        *((0.15 * moment, ["colorize", "page.png", *FLATS]) for moment in range(2, 9)),
        (1.5, ["colorize", "page.png", "--reference", "page.png"]),
        (3.5, ["colorize", "page.png", "--reference", "page.png", "--steps", "150"]),
        (2.0, ["lines", "big.png", "--output", "o.png"]),
        (4.0, ["lines", "big.png", "--output", "o.png"]),
        (3.0, ["colorize", "big.png", *FLATS]),
        (3.0, ["bench", "flats"]),
        (5.0, ["bench", "speed"]),
        (2.0, ["draw", "sheet", "o.png", "--count", "200"]),
    ],
)
def test_ctrl_c_ends_at_any_moment_and_leaves_nothing(tmp_path: Path, delay: float, words: list[str]) -> None:
    write_png(tmp_path / "page.png", line_drawing())
    if "big.png" in words:
        noise = np.random.default_rng(0).integers(0, 256, (750, 1000), np.uint8)
        cv2.imwrite(str(tmp_path / "big.png"), cv2.resize(noise, (10_000, 7_500)))
    before = sorted(tmp_path.rglob("*"))
    temporary = tmp_path.with_name(f"{tmp_path.name}-temporary")
    temporary.mkdir()
    process = subprocess.Popen(
        [*START, *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=tmp_path,
        env=os.environ | {"OMP_NUM_THREADS": "1", "TMPDIR": str(temporary)},
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    time.sleep(delay)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    if process.returncode == 0:
        pytest.skip("it was done before")
    assert (process.returncode, said.strip()) == (130, "Cancelled.")
    assert sorted(tmp_path.rglob("*")) == before
    assert not list(temporary.iterdir())
