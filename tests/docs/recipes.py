"""What runs a recipe of docs/ci.md: its steps, one after the other, as a CI server runs them."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from itertools import product
from pathlib import Path
from typing import Any

from tests.surroundings import of_a_terminal

LOST = "tests/test_patience.py::test_passing_trouble_is_waited_out_but_not_for_ever[22]"
"""The test of the example without which no test delivers 22."""
_INSTALLS = "python -m pip install "


class Checkout:
    """A copy of the example, and the environment of a CI server."""

    def __init__(self, path: Path, *, lost: bool = False) -> None:
        self.path = path
        self.summary = path.parent / "summary.md"
        self._store = path.parent / "artifacts"
        self._environ = of_a_terminal(GITHUB_STEP_SUMMARY=str(self.summary))
        self._environ.pop("PYTEST_DISABLE_PLUGIN_AUTOLOAD", None)
        self._environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        # pytest-randomly would shuffle each shard otherwise, as the page says
        addopts = ["-p", "no:randomly", *([f"--deselect={LOST}"] if lost else [])]
        self._environ["PYTEST_ADDOPTS"] = shlex.join(addopts)
        self.out = ""

    def run(self, *command: str, **environ: str) -> int:
        """Run a command; return its exit status, and keep what it printed."""
        result = subprocess.run(
            command, cwd=self.path, env={**self._environ, **environ}, text=True, check=False,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=300,
        )  # fmt: skip
        self.out += result.stdout
        return result.returncode

    def script(self, text: str, **environ: str) -> int:
        """Run a script as GitHub and GitLab do; what it installs is here already."""
        if text.startswith(_INSTALLS):
            return 0
        return self.run("bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", text, **environ)

    def upload(self, name: str) -> int:
        """Keep a file of a job; 1 where there is none."""
        if not (self.path / name).exists():
            return 1
        self._store.mkdir(exist_ok=True)
        shutil.move(self.path / name, self._store / name)
        return 0

    def download(self) -> int:
        """Bring back what all jobs have kept."""
        for file in self._store.glob("*"):
            shutil.copy(file, self.path / file.name)
        return 0


def filled(text: str, values: Mapping[str, str]) -> str:
    """Return a text of GitHub with its expressions replaced; raise `KeyError` for another."""
    return re.sub(r"\$\{\{ *([^}]*?) *\}\}", lambda found: values[found[1]], text)


def github(checkout: Checkout, workflow: Mapping[str, Any]) -> dict[str, int]:
    """Run the jobs of a workflow in order; return the status of each, the first that is not 0."""
    found: dict[str, int] = {}
    for job, declared in workflow["jobs"].items():
        matrix = declared.get("strategy", {}).get("matrix", {})
        for values in product(*matrix.values()):
            known = {f"matrix.{name}": str(value) for name, value in zip(matrix, values)}  # noqa: B905
            statuses = [_step(checkout, step, known) for step in declared["steps"]]
            name = " ".join([job, *map(str, values)])
            found[name] = next((status for status in statuses if status), 0)
    return found


def _step(checkout: Checkout, step: Mapping[str, Any], known: Mapping[str, str]) -> int:
    if "run" in step:
        return checkout.script(filled(step["run"], known))
    action = step["uses"].partition("@")[0]
    return {
        "actions/checkout": lambda: 0,
        "actions/setup-python": lambda: 0,
        "actions/upload-artifact": lambda: checkout.upload(filled(step["with"]["path"], known)),
        "actions/download-artifact": checkout.download,
    }[action]()


def gitlab(checkout: Checkout, pipeline: Mapping[str, Any]) -> dict[str, int]:
    """Run the jobs of a pipeline, stage by stage; return the status of each."""
    found: dict[str, int] = {}
    jobs = {name: job for name, job in pipeline.items() if "script" in job}
    for stage, (name, job) in product(pipeline["stages"], jobs.items()):
        if job["stage"] != stage:
            continue
        total = job.get("parallel", 1)
        for index in range(1, total + 1):
            numbers = {"CI_NODE_INDEX": str(index), "CI_NODE_TOTAL": str(total)}
            statuses = [checkout.script(line, **numbers) for line in job["script"]]
            found[f"{name} {index}/{total}"] = next((status for status in statuses if status), 0)
    return found


def composite(checkout: Checkout, action: Mapping[str, Any], **given: str) -> Iterator[int]:
    """Run the steps of a composite action; yield the status of each."""
    values = {
        f"inputs.{name}": given.get(name.replace("-", "_"), declared.get("default", ""))
        for name, declared in action["inputs"].items()
    }
    for step in action["runs"]["steps"]:
        assert step["shell"] == "bash"
        environ = {name: filled(value, values) for name, value in step["env"].items()}
        if "if" in step and not values["inputs.install"]:
            continue
        command = ("bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"])
        yield checkout.run(*command, **environ)
