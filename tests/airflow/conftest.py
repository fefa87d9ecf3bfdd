"""One real Airflow and one exporter beside it, for all tests of a run (tests/airflow/run.sh).

AIRFLOW_VENV names the virtual environment in which Airflow is installed. The tests run in a
namespace of process ids that holds nothing else.
"""

import os
import shutil
import signal
import sys
import tempfile
from pathlib import Path
from typing import Iterator

import pytest

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1] / "deploy" / "sandbox")]
sys.dont_write_bytecode = True
from agreement import OfEachMethod  # noqa: E402
from airflow_api import AirflowApi  # noqa: E402
from integration import Exporter, Sandbox, running_exporter, running_sandbox  # noqa: E402
from scene import Scene  # noqa: E402

VENV = Path(os.environ.get("AIRFLOW_VENV", "/nonexistent"))
START_SECONDS = 420
LOG_LINES = 15  # of each part, where the scene cannot be set
CADENCES = ("--collector.metadata.cadence=2s", "--collector.broker.cadence=2s",
            "--no-memory.lock")
FLAGS = (*CADENCES, "--component.pss-budget=20")
# Besides the ids of the messages it has the database and the broker alone: it sees no process.
FLAGS_BY_ID = (*CADENCES, "--collector.disable-defaults", "--collector.metadata",
               "--collector.broker", "--broker.message-ids")


@pytest.fixture(scope="session", autouse=True)
def orderly_end() -> None:
    """SIGTERM ends the tests as Ctrl-C does: everything started is stopped."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)


@pytest.fixture(scope="session")
def folder() -> Iterator[Path]:
    """A short path: a unix socket's may not be long."""
    path = Path(tempfile.mkdtemp(prefix="airflow-", dir="/tmp"))
    path.chmod(0o711)  # PostgreSQL's user passes through.
    yield path
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture(scope="session")
def stack(folder: Path) -> Iterator[Sandbox]:
    with running_sandbox(folder / "s", str(VENV), program=HERE / "stack.py",
                         seconds=START_SECONDS) as stack:
        yield stack


@pytest.fixture(scope="session")
def airflow(stack: Sandbox) -> AirflowApi:
    return AirflowApi(VENV, stack.folder, stack.settings)


@pytest.fixture(scope="session")
def scene(stack: Sandbox, airflow: AirflowApi) -> Scene:
    """Task instances in every kind of state, that stay in it until they are released."""
    scene = Scene(stack, airflow)
    try:
        scene.set()
    except pytest.fail.Exception as failure:
        logs = [f"--- {path.name}\n{_end_of(path)}"
                for path in sorted((stack.folder / "log").glob("*.log"))]
        pytest.exit("\n".join([f"{failure}; there are {scene.states()}", *logs]), returncode=1)
    return scene


def _end_of(path: Path) -> str:
    return "\n".join(path.read_text(errors="replace").splitlines()[-LOG_LINES:])


@pytest.fixture(scope="session")
def exporter(folder: Path, stack: Sandbox) -> Iterator[Exporter]:
    with running_exporter(folder, *FLAGS, **stack.airflow_settings) as exporter:
        yield exporter


@pytest.fixture(scope="session")
def exporter_by_id(folder: Path, stack: Sandbox) -> Iterator[Exporter]:
    """The other way to judge; before Airflow 3.3 it must come to the same as the first one."""
    with running_exporter(folder, *FLAGS_BY_ID, **stack.airflow_settings) as exporter:
        yield exporter


@pytest.fixture(scope="session")
def of_each_method(exporter: Exporter, exporter_by_id: Exporter,
                   airflow: AirflowApi) -> OfEachMethod:
    return [(exporter, "count"),
            (exporter_by_id, "message_id" if airflow.has_message_ids else "count")]
