"""The memory of the tasks that run, under the names that the metadata database gives them."""

import subprocess
import sys
import time
from collections import defaultdict
from contextlib import contextmanager
from pathlib import Path
from typing import Iterator

from conftest import Exporter, Sandbox, until

CADENCES = ("--collector.component.cadence=500ms", "--collector.metadata.cadence=1s")
MEGABYTE = 10**6
TOKEN = "c2FuZGJveC1zZWNyZXQ"  # Part of every message's token (deploy/sandbox/workload/messages.py).
NOBODYS_ID = "0198c6a2-5f7e-7cc1-a6b4-2f0f3c1d9eff"
Task = tuple[str, str]

# Stands for a task that the database has as ended, or does not have at all.
PRETENDER = """
import sys, time
from setproctitle import setproctitle
memory = bytearray(int(sys.argv[2]))
memory[::4096] = b"1" * len(memory[::4096])
setproctitle("airflow worker -- " + sys.argv[1])
print("ready", flush=True)
time.sleep(600)
"""


@contextmanager
def process_of_task(task_instance_id: str, held_bytes: int) -> Iterator[int]:
    """A process titled as Airflow 3 titles those of its tasks, which holds that much memory."""
    process = subprocess.Popen([sys.executable, "-c", PRETENDER, task_instance_id, str(held_bytes)],
                               stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout and process.stdout.readline() == "ready\n"
        yield process.pid
    finally:
        process.kill()
        process.wait()


def proportional_bytes(pid: int) -> int:
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) * 1024
    raise AssertionError(f"process {pid} has no PSS")


def titles() -> dict[int, str]:
    """What every process of this host calls itself."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            found[int(folder.name)] = (folder / "cmdline").read_bytes().rstrip(b"\0").decode(
                errors="replace")
        except OSError:
            pass  # It has ended meanwhile.
    return found


def true_memory(sandbox: Sandbox) -> dict[Task, int]:
    """PSS of the sandbox's tasks by dag and task, from the titles and the database."""
    airflow_3 = sandbox.settings["SANDBOX_AIRFLOW_VERSION"].startswith("3.")
    key = "id::text" if airflow_3 else "dag_id || ' ' || task_id || ' ' || run_id || ' ' || job_id"
    running = {row[0]: (row[1], row[2]) for row in sandbox.rows(
        f"SELECT {key}, dag_id, task_id FROM task_instance WHERE state = 'running'")}
    prefix = "airflow worker -- " if airflow_3 else "airflow task runner: "
    memory: dict[Task, int] = defaultdict(int)
    for pid, title in titles().items():
        task = running.get(title.removeprefix(prefix))
        if task:
            memory[task] += proportional_bytes(pid)
            if not airflow_3:  # The supervisor above it works for the same task.
                stat = Path(f"/proc/{pid}/stat").read_text()
                memory[task] += proportional_bytes(int(stat.rsplit(")", 1)[1].split()[1]))
    return memory


def seen_memory(exporter: Exporter) -> dict[Task, float]:
    return {(sample.labels["dag_id"], sample.labels["task_id"]): sample.value
            for sample in exporter.samples() if sample.name == "airflow_task_memory_pss_bytes"}


def agrees(exporter: Exporter, sandbox: Sandbox) -> bool:
    """Other sandboxes may run on this host: their tasks are unknown here, or stand beside ours."""
    truth, seen = true_memory(sandbox), seen_memory(exporter)
    return len(truth) > 0 and all(
        abs(seen.get(task, 0.0) - size) <= 0.1 * size for task, size in truth.items())


def check_no_secret(exporter: Exporter, sandbox: Sandbox) -> None:
    ids = [] if not sandbox.settings["SANDBOX_AIRFLOW_VERSION"].startswith("3.") else [
        row[0] for row in sandbox.rows(
            "SELECT id::text FROM task_instance WHERE state = 'running'")]
    for text in (exporter.get("/metrics").text, exporter.get("/").text, exporter.log):
        for secret in (TOKEN, "airflow worker --", "airflow task runner", *ids):
            assert secret not in text


def test_the_heaviest_tasks_have_their_names_and_their_memory(
        start_exporter, sandbox_of_each_version: Sandbox):
    sandbox = sandbox_of_each_version
    exporter = start_exporter(*CADENCES, **sandbox.airflow_settings)
    with sandbox.paused():
        until(lambda: agrees(exporter, sandbox), 30, "the memory of tasks is what /proc says")
        for (dag_id, _), size in true_memory(sandbox).items():
            peak = exporter.value("airflow_task_memory_peak_bytes", dag_id=dag_id)
            assert peak is not None and peak >= 0.5 * size, dag_id
        check_no_secret(exporter, sandbox)
    # Dags whose tasks have ended keep their peak.
    dags = {"orders_hourly", "reports_daily"}
    until(lambda: dags <= {sample.labels["dag_id"] for sample in exporter.samples()
                           if sample.name == "airflow_task_memory_peak_bytes"}, 90, f"peaks of {dags}")


def test_tasks_that_the_database_has_as_ended_are_asked_for(start_exporter, sandbox: Sandbox):
    """As those that were killed, and replaced by their next try, before it was asked."""
    exporter = start_exporter(*CADENCES, **sandbox.airflow_settings)
    ended = "SELECT id::text, dag_id, task_id FROM task_instance WHERE state = 'success' LIMIT 1"
    replaced = "SELECT task_instance_id::text, dag_id, task_id FROM task_instance_history LIMIT 1"
    until(lambda: len(sandbox.rows(ended)) == 1, 60, "a task has ended")
    until(lambda: len(sandbox.rows(replaced)) == 1, 120, "a task is tried again")
    for query in (ended, replaced):
        task_instance_id, dag_id, task_id = sandbox.rows(query)[0]
        with process_of_task(task_instance_id, 300 * MEGABYTE) as pid:
            size = proportional_bytes(pid)
            until(lambda: seen_memory(exporter).get((dag_id, task_id), 0.0) >= 0.9 * size, 15,
                  f"the memory of {dag_id} {task_id}")
        until(lambda: seen_memory(exporter).get((dag_id, task_id), 0.0) < 0.9 * size, 15,
              "it is gone with the process")
        peak = exporter.value("airflow_task_memory_peak_bytes", dag_id=dag_id)
        assert peak is not None and peak >= 0.9 * size
    with process_of_task(NOBODYS_ID, 300 * MEGABYTE):
        unknown = ("unknown", "unknown")
        until(lambda: seen_memory(exporter).get(unknown, 0.0) >= 270 * MEGABYTE, 15, "unknown")
        time.sleep(5)  # Longer than its id is asked for.
        assert seen_memory(exporter)[unknown] >= 270 * MEGABYTE
        assert exporter.value("airflow_metadata_up") == 1
    check_no_secret(exporter, sandbox)
