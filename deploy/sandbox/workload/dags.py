"""The DAGs of the workload. The tasks of one DAG run one after another."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Task:
    task_id: str
    queue: str = "default"
    deferrable: bool = False  # hands over to the triggerer once
    fails_first: bool = False  # its first try fails


@dataclass(frozen=True)
class Dag:
    dag_id: str
    tasks: tuple[Task, ...]
    is_paused: bool = False

    def task(self, task_id: str) -> Task:
        return next(task for task in self.tasks if task.task_id == task_id)


DAGS = (
    Dag("orders_hourly", (Task("extract"), Task("transform", fails_first=True), Task("load"))),
    Dag("reports_daily", (Task("collect"), Task("render", queue="high"), Task("send"))),
    Dag("files_arriving", (Task("wait_for_file", deferrable=True), Task("import_file"))),
    Dag("legacy_export", (Task("export"),), is_paused=True),
)
QUEUES = ("default", "high")
RETRY_DELAY_SECONDS = 30
DEFERRAL_SECONDS = 60


def find_dag(dag_id: str) -> Dag:
    return next(dag for dag in DAGS if dag.dag_id == dag_id)
