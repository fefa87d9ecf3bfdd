"""How many workers the load needs, against the Helm chart's own query, and what the memory bears."""

from agreement import agree, with_zeros
from integration import Exporter, Sandbox
from scene import Scene

CONCURRENCY = 4
# templates/workers/worker-kedaautoscaler.yaml of the chart, of Celery's workers on one queue.
KEDA = """SELECT ceil(COUNT(*)::decimal / {concurrency}) FROM task_instance
WHERE (state='running' OR state='queued') AND queue IN ('{queue}')"""


def test_workers_required_are_what_the_chart_asks_for(scene: Scene, stack: Sandbox,
                                                      exporter: Exporter) -> None:
    def keda() -> dict[tuple[str, ...], float]:
        queries = {queue: KEDA.format(concurrency=CONCURRENCY, queue=queue)
                   for queue in ("default", "second")}
        return {(queue,): float(stack.rows(query)[0][0]) for queue, query in queries.items()}

    agree(lambda: with_zeros(exporter, "airflow_workers_required", "queue"), keda)
    assert keda() == {("default",): 3, ("second",): 1}
    agree(lambda: exporter.value("airflow_workers_live"), lambda: 1)


def test_the_memory_bears_tasks_as_large_as_the_hog(scene: Scene, exporter: Exporter) -> None:
    """By what is available, less a reserve, there is room for so many and no more."""
    available = exporter.value("airflow_host_memory_available_low_bytes")
    hog = exporter.value("airflow_task_memory_peak_bytes", dag_id="hog")
    headroom = exporter.value("airflow_host_task_headroom")
    assert headroom is not None and 0 <= headroom <= available / hog + 1
    assert exporter.value("airflow_worker_concurrency_recommended") is not None
