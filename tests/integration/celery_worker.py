"""Real Celery workers of celery_app.py, each in a process group of its own, and the traces of their
tasks.
"""

import os
import signal
import subprocess
import sys
from collections import Counter
from contextlib import contextmanager
from pathlib import Path
from typing import Iterator

HERE = Path(__file__).resolve().parent
QUEUES = ("default", "high", "low")


def environment(url: str, folder: Path, prefetch_multiplier: int = 1) -> dict[str, str]:
    """What celery_app.py reads."""
    return {"PATH": os.environ["PATH"], "PYTHONPATH": str(HERE), "BROKER_URL": url,
            "TASK_FOLDER": str(folder), "PREFETCH_MULTIPLIER": str(prefetch_multiplier)}


@contextmanager
def celery_worker(url: str, folder: Path, name: str, prefetch_multiplier: int = 1,
                  queues: tuple[str, ...] = QUEUES) -> Iterator[subprocess.Popen]:
    """A worker of concurrency 2 whose tasks run for as long as there is a file `hold` in `folder`.
    It is named after its host, as Airflow's are: celery@NAME."""
    with (folder / f"{name}.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "celery", "--app", "celery_app", "worker", "-O", "fair",
             "--queues", ",".join(queues), "--concurrency", "2", "--hostname", f"celery@{name}",
             "--loglevel", "INFO"],
            env=environment(url, folder, prefetch_multiplier), cwd=folder,
            stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
    try:
        yield process
    finally:
        kill(process)


def kill(process: subprocess.Popen) -> None:
    """kill -9 of a worker with its pool."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    process.wait()


def begun_ids(folder: Path) -> set[str]:
    """The message ids of the tasks that have begun to run."""
    return {trace.name.removeprefix("began-") for trace in folder.glob("began-*")}


def begun(folder: Path) -> Counter[str]:
    """How many these are, by queue."""
    return Counter(trace.read_text().split()[0] for trace in folder.glob("began-*"))


def begun_at(folder: Path) -> dict[str, str]:
    """The hosts on which they have begun, by message id."""
    return {trace.name.removeprefix("began-"): trace.read_text().rpartition("@")[2]
            for trace in folder.glob("began-*")}


def ended_ids(folder: Path) -> set[str]:
    """The message ids of the tasks that have ended."""
    return {trace.name.removeprefix("ended-") for trace in folder.glob("ended-*")}
