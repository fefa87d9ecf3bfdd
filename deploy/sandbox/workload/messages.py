"""Celery as Airflow configures it, and the message by which a scheduler hands a task to a worker.

Airflow's sources: providers/celery/.../executors/{default_celery,celery_executor_utils}.py. 3.x sends
one workload as JSON, which holds a token; 2.x sends the command line of `airflow tasks run`.
"""

import json
from typing import Any

from celery import Celery
from kombu import Queue

from .dags import QUEUES
from .settings import Settings

TASK_NAME_2 = "airflow.providers.celery.executors.celery_executor_utils.execute_command"
TASK_NAME_3 = "execute_workload"
# Stands where Airflow 3 puts a JSON Web Token: a secret that nobody may ever show.
TOKEN = "eyJhbGciOiJIUzUxMiJ9.c2FuZGJveC1zZWNyZXQ.c2FuZGJveA"


def make_celery(settings: Settings) -> Celery:
    app = Celery("airflow.providers.celery.executors.celery_executor", broker=settings.broker_url)
    app.conf.update(
        accept_content=["json"],
        broker_transport_options={"visibility_timeout": 86400},
        event_serializer="json",
        task_acks_late=True,
        task_default_exchange="default",
        task_default_queue="default",
        task_ignore_result=True,
        task_queues=[Queue(name, exchange="default", routing_key=name) for name in QUEUES],
        task_track_started=True,
        worker_concurrency=2,
        worker_prefetch_multiplier=1,
    )
    return app


def task_name(settings: Settings) -> str:
    return TASK_NAME_3 if settings.is_airflow_3 else TASK_NAME_2


def message_argument(row: dict[str, Any], settings: Settings) -> Any:
    """The one argument of the message that runs this task instance."""
    if settings.is_airflow_3:
        return json.dumps(_workload(row))
    return ["airflow", "tasks", "run", row["dag_id"], row["task_id"], row["run_id"],
            "--local", "--subdir", f"DAGS_FOLDER/{row['dag_id']}.py"]


def read_argument(argument: Any) -> dict[str, Any]:
    """The key of the task instance that a message is about."""
    if isinstance(argument, str):
        return json.loads(argument)["ti"]
    return dict(zip(("dag_id", "task_id", "run_id"), argument[3:6]))


def _workload(row: dict[str, Any]) -> dict[str, Any]:
    dag_id, task_id, run_id = row["dag_id"], row["task_id"], row["run_id"]
    try_number = row["try_number"]
    return {
        "token": TOKEN,
        "dag_rel_path": f"{dag_id}.py",
        "bundle_info": {"name": "dags-folder", "version": None},
        "log_path": f"dag_id={dag_id}/run_id={run_id}/task_id={task_id}/attempt={try_number}.log",
        "ti": {
            "id": str(row["id"]), "dag_version_id": str(row["dag_version_id"]),
            "task_id": task_id, "dag_id": dag_id, "run_id": run_id, "try_number": try_number,
            "map_index": row["map_index"], "pool_slots": row["pool_slots"], "queue": row["queue"],
            "priority_weight": row["priority_weight"], "parent_context_carrier": None,
            "context_carrier": {},
        },
        "type": "ExecuteTask",
    }
