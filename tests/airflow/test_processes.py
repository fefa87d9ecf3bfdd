"""The component of every process that belongs to Airflow, and the task inside it."""

from collections import Counter

from agreement import agree, by_label, by_labels
from integration import Exporter, Sandbox
from processes import children, descendants, serves_logs, tree
from scene import Scene

COMPONENTS = {"scheduler": "scheduler", "dag-processor": "dag_processor", "redis": "redis",
              "postgres": "postgres"}
HOG_BYTES = 300_000_000


def started(stack: Sandbox, web: str) -> Counter:
    """How many processes of each component there are, told by who started them."""
    count: Counter = Counter()
    for part, component in (COMPONENTS | {"web": web}).items():
        count[component] += len(tree(stack.pid(part)))
    for part, component in (("triggerer", "triggerer"), ("worker", "celery_worker")):
        count[component] += 1
        for child in children(stack.pid(part)):
            if any(serves_logs(pid) for pid in tree(child)):
                count["serve_logs"] += len(tree(child))
            elif part == "worker":  # A worker of the pool; whatever that starts is a task's.
                count[component] += 1
                count["task"] += len(descendants(child))
            else:
                count[component] += len(tree(child))
    return count


def test_every_process_is_of_the_component_that_started_it(
        scene: Scene, stack: Sandbox, exporter: Exporter) -> None:
    web = "api_server" if scene.airflow.is_airflow_3 else "webserver"
    agree(lambda: by_label(exporter, "airflow_component_processes", "component"),
          lambda: started(stack, web))
    agree(lambda: exporter.value("airflow_worker_pool_processes"), lambda: 4)


def test_the_running_tasks_are_named(scene: Scene, exporter: Exporter) -> None:
    names = {(dag, task) for _, dag, task in scene.running()}
    assert ("hog", "hoard") in names
    agree(lambda: set(by_labels(exporter, "airflow_task_memory_pss_bytes", "dag_id", "task_id")),
          lambda: names)


def test_the_hog_is_the_largest(scene: Scene, exporter: Exporter) -> None:
    memory = by_labels(exporter, "airflow_task_memory_pss_bytes", "dag_id", "task_id")
    hog = memory.pop(("hog", "hoard"))
    assert HOG_BYTES < hog < 2 * HOG_BYTES
    assert hog > max(memory.values())
    agree(lambda: by_label(exporter, "airflow_task_memory_peak_bytes", "dag_id")["hog"] >= hog,
          lambda: True)
