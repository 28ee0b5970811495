"""The server is light: neither the front nor a worker with an engine that needs no torch ever imports it."""

from __future__ import annotations

import subprocess
import sys

from huebrush_protocol.messages import Result
from jobs_helper import final, submit
from serving_backend import Backend

HEAVY = ("torch", "diffusers", "transformers")
PROGRAM = f"""
import importlib, pkgutil, sys
from huebrush_backend import server
from huebrush_backend.server.engines import DEFAULT_ENGINE, load_factory, load_model_list

names = [module.name for module in pkgutil.iter_modules(server.__path__, server.__name__ + ".")]
for name in names:
    importlib.import_module(name)
load_factory(DEFAULT_ENGINE)
print([model.name for model in load_model_list(DEFAULT_ENGINE)()])
print(len(names), [name for name in {HEAVY} if name in sys.modules])
"""


def test_importing_the_server_and_naming_its_models_imports_no_torch() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    models, modules = done.stdout.splitlines()
    assert "'demo'" in models
    number, heavy = modules.split(maxsplit=1)
    assert int(number) > 10
    assert heavy == "[]"


def test_a_worker_that_ran_a_job_has_imported_no_torch(backend: Backend) -> None:
    client = backend.client()
    result = final(client, submit(client))
    assert isinstance(result, Result)
    assert "huebrush_backend.server.worker_loop" in result.recipe["modules"]
    assert not set(HEAVY) & set(result.recipe["modules"])


def test_the_catalogue_of_models_draws_nothing() -> None:
    """Its words are those of `synthesis`, which would bring OpenCV along."""
    program = (
        "import sys; from huebrush_backend.models.catalog import list_models; "
        "assert list_models()[0].vocabulary; "
        f"print([name for name in {(*HEAVY, 'cv2', 'skimage')} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
