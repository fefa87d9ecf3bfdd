"""The page says what /proc, the database and the broker themselves say at the same time."""

import os
import time
from pathlib import Path

import pytest

from conftest import Exporter, Sandbox, until

ACTIVE_STATES = ("scheduled", "queued", "running", "deferred", "up_for_retry")
CADENCES = tuple(f"--collector.{name}.cadence=1s"
                 for name in ("host", "component", "metadata", "broker"))
MEBIBYTE = 2**20
# What the rest of a busy host may take or give back within the second between two samples.
CHANGE_WITHIN_A_SECOND = 128 * MEBIBYTE
SECRET = "c2FuZGJveC1zZWNyZXQ"  # Part of every message's token (deploy/sandbox/workload/messages.py).


@pytest.fixture
def exporter(start_exporter, sandbox_of_each_version: Sandbox) -> Exporter:
    return start_exporter(*CADENCES, **sandbox_of_each_version.airflow_settings)


def test_everything_of_one_page_is_true(exporter: Exporter, sandbox_of_each_version: Sandbox):
    """One test for one expensive sandbox; each part names itself where it fails."""
    sandbox = sandbox_of_each_version
    until(lambda: exporter.value("airflow_metadata_up") == 1, 30, "airflow_metadata_up 1")
    until(lambda: exporter.value("airflow_broker_up") == 1, 30, "airflow_broker_up 1")
    with sandbox.paused():
        check_host_memory(exporter)
        check_pressure(exporter)
        check_task_instances(exporter, sandbox)
        check_dag_runs(exporter, sandbox)
        check_pools(exporter, sandbox)
        check_heartbeats(exporter)
        check_queues(exporter, sandbox)
        check_processes(exporter, sandbox)
    check_no_secret(exporter)


def check_host_memory(exporter: Exporter) -> None:
    assert exporter.value("airflow_host_memory_total_bytes") == meminfo()["MemTotal"]
    assert exporter.value("airflow_host_cpus") == os.cpu_count()
    fields = {"available": "MemAvailable", "free": "MemFree", "cached": "Cached",
              "anonymous": "AnonPages"}

    def agrees() -> bool:
        truth = meminfo()
        return all(
            abs((exporter.value(f"airflow_host_memory_{name}_bytes") or 0) - truth[field])
            < CHANGE_WITHIN_A_SECOND for name, field in fields.items())

    # More than once, for something else on this host may take a lot at any moment.
    until(agrees, 15, "the host's memory is as /proc/meminfo says")


def check_pressure(exporter: Exporter) -> None:
    """Stalled times only grow, so the page lies between two readings of /proc/pressure."""
    before = pressure()
    time.sleep(2)  # The next observation is younger than `before`.
    for (resource, kind), earlier in before.items():
        seen = exporter.value("airflow_host_pressure_stalled_seconds_total", resource=resource,
                              kind=kind)
        assert seen is not None
        assert earlier <= seen <= pressure()[resource, kind], (resource, kind)


def pressure() -> dict[tuple[str, str], float]:
    """The totals of /proc/pressure in seconds; nothing where the kernel has none."""
    totals = {}
    for file in sorted(Path("/proc/pressure").glob("*")):
        if file.name in ("memory", "io", "cpu"):
            for line in file.read_text().splitlines():
                kind, *_, total = line.split()
                totals[file.name, kind] = int(total.removeprefix("total=")) / 1e6
    return totals


def meminfo() -> dict[str, int]:
    """/proc/meminfo in bytes."""
    fields = (line.split() for line in Path("/proc/meminfo").read_text().splitlines())
    return {words[0].rstrip(":"): int(words[1]) * 1024 for words in fields}


def check_task_instances(exporter: Exporter, sandbox: Sandbox) -> None:
    truth = {(state, queue): float(count) for state, queue, count in sandbox.rows(
        f"SELECT state, queue, count(*) FROM task_instance WHERE state IN {ACTIVE_STATES} "
        "GROUP BY 1, 2")}
    assert truth.get(("running", "default"), 0) + truth.get(("running", "high"), 0) == 2

    def seen() -> dict:
        found: dict = {}
        for sample in exporter.samples():
            if sample.name == "airflow_metadata_task_instances" and sample.value > 0:
                key = (sample.labels["state"], sample.labels["queue"])
                found[key] = found.get(key, 0.0) + sample.value
        return {key: value for key, value in found.items() if key[0] in ACTIVE_STATES}

    until(lambda: seen() == truth, 10, f"airflow_metadata_task_instances is {truth}")


def check_dag_runs(exporter: Exporter, sandbox: Sandbox) -> None:
    for state in ("queued", "running"):
        truth = sandbox.rows(f"SELECT count(*) FROM dag_run WHERE state = '{state}'")[0][0]
        assert exporter.value("airflow_metadata_dag_runs", state=state) == truth, state


def check_pools(exporter: Exporter, sandbox: Sandbox) -> None:
    assert exporter.value("airflow_metadata_pool_slots", pool="default_pool", state="total") == 128
    for state in ("running", "queued", "deferred"):
        truth = sandbox.rows("SELECT coalesce(sum(pool_slots), 0) FROM task_instance "
                             f"WHERE state = '{state}'")[0][0]
        seen = exporter.value("airflow_metadata_pool_slots", pool="default_pool", state=state)
        assert seen == truth, state


def check_heartbeats(exporter: Exporter) -> None:
    for component in ("scheduler", "triggerer", "dag_processor"):
        alive = exporter.value("airflow_metadata_components_alive", component=component)
        assert alive == 1, component


def check_queues(exporter: Exporter, sandbox: Sandbox) -> None:
    client = sandbox.redis()
    truth = {queue: float(client.llen(queue)) for queue in ("default", "high")}
    truth["unacked"] = float(client.hlen("unacked"))
    assert truth["unacked"] == 2, "the worker is busy"

    def seen() -> dict:
        queues = {queue: exporter.value("airflow_broker_queue_messages", queue=queue)
                  for queue in ("default", "high")}
        return queues | {"unacked": exporter.value("airflow_broker_unacked_messages")}

    until(lambda: seen() == truth, 10, f"the broker's queues are {truth}")


def check_processes(exporter: Exporter, sandbox: Sandbox) -> None:
    # Other sandboxes may run on this host, so what is seen is at least what this one has.
    for component, processes in (("scheduler", 1), ("celery_worker", 3), ("triggerer", 1),
                                 ("dag_processor", 1)):
        seen = exporter.value("airflow_component_processes", component=component)
        assert seen is not None and seen >= processes, component
    tasks = exporter.value("airflow_task_processes")
    assert tasks is not None and tasks >= 2
    rss = exporter.value("airflow_component_largest_process_rss_bytes", component="scheduler")
    assert rss is not None and rss >= 0.9 * resident_bytes(sandbox.pid("scheduler"))


def resident_bytes(pid: int) -> int:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024
    raise AssertionError(f"process {pid} has no memory")


def check_no_secret(exporter: Exporter) -> None:
    for path in ("/metrics", "/"):
        assert SECRET not in exporter.get(path).text, path
    assert SECRET not in exporter.log
