"""How many workers the load needs, against the query that scales them; and what the host bears.

The query is that of the Helm chart (workers.keda, values.yaml and worker-kedaautoscaler.yaml of chart
1.22), run on the same rows of the same PostgreSQL.
"""

import math
from typing import Callable

from conftest import Exporter, Sandbox, until

CONCURRENCY = 3
QUEUES = ("default", "high", "pods", "empty")
KUBERNETES = "KubernetesExecutor"
EDGE_PATH = "airflow.providers.edge3.executors.EdgeExecutor"
# [core] executor, the clause that the chart adds for it, and the executors that rows may name.
EXECUTORS = (
    ("CeleryExecutor", "", (None, "CeleryExecutor")),
    (f"CeleryExecutor,{KUBERNETES}", f" AND executor IS DISTINCT FROM '{KUBERNETES}'",
     (None, "CeleryExecutor", KUBERNETES)),
    (f"CeleryExecutor,{EDGE_PATH}", " AND executor IS DISTINCT FROM 'EdgeExecutor'",
     (None, "CeleryExecutor", "EdgeExecutor")),
    ("CeleryKubernetesExecutor", " AND queue != 'pods'", (None,)),
)
SETTINGS = {"AIRFLOW__CELERY_KUBERNETES_EXECUTOR__KUBERNETES_QUEUE": "pods"}
# Sixty mapped instances of one task, in all states, queues and executors that count, and in some
# that do not. Each takes five slots of its pool: rows count, not slots.
FIRST_ROW = 1000
ADD_ROWS = f"""
    WITH one AS (SELECT task_instance AS pattern FROM task_instance LIMIT 1)
    INSERT INTO task_instance
    SELECT (jsonb_populate_record(pattern, jsonb_build_object(
        'id', gen_random_uuid(), 'map_index', {FIRST_ROW} + number, 'pool_slots', 5))).*
    FROM one, generate_series(0, 59) AS number
"""
SPREAD_ROWS = f"""
    UPDATE task_instance SET
        state = (ARRAY['queued', 'running', 'success', 'scheduled', 'queued'])[1 + map_index %% 5],
        queue = (ARRAY['default', 'default', 'high', NULL, 'pods', 'default'])[1 + map_index %% 6],
        executor = (%(executors)s::text[])[1 + map_index / 6 %% %(kinds)s]
    WHERE map_index >= {FIRST_ROW}
"""


def keda(sandbox: Sandbox, queue: str, clause: str, concurrency: int = CONCURRENCY) -> float:
    """The chart's query for workers of one queue."""
    return float(sandbox.rows(
        f"SELECT ceil(COUNT(*)::decimal / {concurrency}) FROM task_instance "
        f"WHERE (state='running' OR state='queued') AND queue IN ('{queue}'){clause}")[0][0])


def change(sandbox: Sandbox, sql: str, **values) -> int:
    """How many rows a statement has changed."""
    connection = sandbox.connect()
    try:
        with connection.cursor() as cursor:
            cursor.execute(sql, values)
            return cursor.rowcount
    finally:
        connection.close()


def required(exporter: Exporter) -> dict[str, float]:
    return {sample.labels["queue"]: sample.value for sample in exporter.samples()
            if sample.name == "airflow_workers_required"}


def test_required_workers_are_those_of_the_charts_query(start_exporter: Callable[..., Exporter],
                                                        sandbox_of_each_version: Sandbox):
    sandbox = sandbox_of_each_version
    with sandbox.paused():
        assert change(sandbox, ADD_ROWS) == 60
        for setting, clause, executors in EXECUTORS:
            assert change(sandbox, SPREAD_ROWS, executors=list(executors),
                          kinds=len(executors)) == 60
            truth = {queue: keda(sandbox, queue, clause) for queue in QUEUES}
            assert truth["default"] >= 2 and truth["high"] >= 1 and truth["empty"] == 0
            exporter = start_exporter(
                "--collector.metadata.cadence=1s", "--no-collector.broker",
                f"--celery.worker-concurrency={CONCURRENCY}",
                **sandbox.airflow_settings | SETTINGS | {"AIRFLOW__CORE__EXECUTOR": setting})
            until(lambda: exporter.value("airflow_metadata_up") == 1, 30, "the database is read")
            seen = required(exporter)
            assert {queue: seen.get(queue, 0) for queue in QUEUES} == truth, setting
            # Nothing is told of what no query would find: rows without a queue have no worker.
            assert "" not in seen
            check_amazons_formula(sandbox, exporter, clause)
            exporter.stop()


def check_amazons_formula(sandbox: Sandbox, exporter: Exporter, clause: str) -> None:
    """(tasks running + tasks queued) / (tasks per worker) = (required workers), of one queue."""
    running, queued = sandbox.rows(
        "SELECT count(*) FILTER (WHERE state = 'running'), count(*) FILTER (WHERE state = 'queued') "
        f"FROM task_instance WHERE queue = 'default'{clause}")[0]
    assert required(exporter)["default"] == math.ceil((running + queued) / CONCURRENCY)


def test_a_local_executor_needs_no_workers(start_exporter: Callable[..., Exporter],
                                           sandbox: Sandbox):
    exporter = start_exporter(
        "--collector.metadata.cadence=1s", "--celery.worker-concurrency=3",
        **sandbox.airflow_settings | {"AIRFLOW__CORE__EXECUTOR": "LocalExecutor"})
    until(lambda: exporter.value("airflow_metadata_up") == 1, 30, "the database is read")
    assert exporter.values("airflow_metadata_task_instances", queue="default")
    assert required(exporter) == {}


def test_a_host_says_what_it_bears_once_a_task_was_measured(
        start_exporter: Callable[..., Exporter], sandbox: Sandbox):
    """The sandbox's tasks and its one worker of two processes, on this host."""
    exporter = start_exporter(
        "--collector.component.cadence=1s", "--collector.host.cadence=1s",
        "--collector.broker.cadence=1s", "--component.pss-budget=50", **sandbox.airflow_settings)

    def measured() -> bool:
        return exporter.value("airflow_worker_concurrency_recommended") is not None

    until(measured, 60, "a task was measured")
    until(lambda: (exporter.value("airflow_workers_live") or 0) >= 1, 60, "the worker is heard")
    page = exporter.samples()
    values = {sample.name: sample.value for sample in page if not sample.labels}
    available = values["airflow_host_memory_available_bytes"]
    peak = max(sample.value for sample in page
               if sample.name == "airflow_task_memory_peak_bytes")
    headroom = values["airflow_host_task_headroom"]
    # Nothing larger than what is there, by tasks that were seen; the reserve is at least a tenth.
    assert 0 <= headroom <= available / peak
    assert values["airflow_worker_concurrency_recommended"] >= 0
    assert "configured, the host bears" in exporter.get("/").text
