"""The Celery worker, a real one, whose tasks behave as Airflow's do.

A pool child forks a process per task and gives it the title that Airflow gives it; that process takes
some memory, sets its row to running, writes heartbeats, and ends with a result.
3.x: pool child -> `airflow worker -- {task instance's id}`.
2.x: pool child -> `airflow task supervisor: [...]`, which has a LocalTaskJob
     -> `airflow task runner: {dag_id} {task_id} {run_id} {job_id}`.
Where time is to go faster, the pool child does it all itself, on one connection: a process and a
connection for each task cost more than the task.
"""

import functools
import os
import time
import traceback
from typing import Any, Callable, Optional

from celery.signals import worker_process_init, worker_ready
from setproctitle import setproctitle

from .dags import QUEUES, find_dag
from .database import Database
from .messages import make_celery, read_argument, task_name
from .process import die_with_parent
from .settings import Settings

HEARTBEAT_SECONDS = 2
TURN_SECONDS = 0.01  # of Celery's loop, where time is to go faster


def run(settings: Settings) -> None:
    app = make_celery(settings)

    @worker_process_init.connect
    def on_pool_child(**_: Any) -> None:
        die_with_parent()

    @worker_ready.connect
    def on_ready(sender: Any, **_: Any) -> None:
        # A turn of Celery's loop asks Redis for a message at its beginning only. If all slots were
        # taken then, it asks again after its next event, and that may be a timer's, a second later.
        if settings.speed > 1:
            sender.hub.call_repeatedly(TURN_SECONDS, lambda: None)

    @functools.cache
    def own_database() -> Database:
        return Database(settings)

    @app.task(name=task_name(settings))
    def execute(argument: Any) -> None:
        if settings.speed > 1:
            run_in_pool(settings, own_database(), read_argument(argument))
        elif settings.is_airflow_3:
            in_child(lambda: run_task(settings, read_argument(argument), None))
        else:
            in_child(lambda: supervise(settings, argument))

    app.worker_main(["worker", "-O", "fair", "--queues", ",".join(QUEUES),
                     "--concurrency", "2", "--loglevel", "INFO"])


def in_child(body: Callable[[], None]) -> None:
    """Runs `body` in a child process and waits for its end."""
    pid = os.fork()
    if pid != 0:
        _, status = os.waitpid(pid, 0)
        if status != 0:
            raise RuntimeError(f"the task's process ended with wait status {status}")
        return
    code = 1
    try:
        die_with_parent()
        body()
        code = 0
    except Exception:
        traceback.print_exc()
    finally:
        os._exit(code)  # Celery's own handlers belong to the parent.


def supervise(settings: Settings, command: list[str]) -> None:
    """What `airflow tasks run --local` does in 2.x."""
    setproctitle(f"airflow task supervisor: {command}")
    key = read_argument(command)
    database = Database(settings)
    job_id = database.start_job("LocalTaskJob", dag_id=key["dag_id"])
    try:
        in_child(lambda: run_task(settings, key, job_id))
    finally:
        database.end_job(job_id)


def run_in_pool(settings: Settings, database: Database, key: dict[str, Any]) -> None:
    job_id = None
    if not settings.is_airflow_3:
        job_id = database.start_job("LocalTaskJob", dag_id=key["dag_id"])
    execute_row(settings, database, database.find_task(key), job_id)
    if job_id is not None:
        database.end_job(job_id)


def run_task(settings: Settings, key: dict[str, Any], job_id: Optional[int]) -> None:
    database = Database(settings)
    row = database.find_task(key)
    if job_id is None:
        setproctitle(f"airflow worker -- {row['id']}")
    else:
        setproctitle(f"airflow task runner: {key['dag_id']} {key['task_id']} {key['run_id']} "
                     f"{job_id}")
    execute_row(settings, database, row, job_id)


def execute_row(settings: Settings, database: Database, row: dict[str, Any],
                job_id: Optional[int]) -> None:
    database.start_task(row, job_id)
    task = find_dag(row["dag_id"]).task(row["task_id"])
    if task.deferrable and row["next_method"] is None:
        database.defer_task(row)
        return
    work(settings, database, row, job_id)
    fails = task.fails_first and row["try_number"] == 1
    database.end_task(row, "up_for_retry" if fails else "success")


def work(settings: Settings, database: Database, row: dict[str, Any],
         job_id: Optional[int]) -> None:
    """Holds memory for the task's time. A paused workload keeps its tasks running."""
    memory = bytearray(settings.task_bytes)
    for offset in range(0, len(memory), 4096):
        memory[offset] = 1
    end = time.monotonic() + settings.task_seconds / settings.speed
    next_heartbeat = 0.0
    while time.monotonic() < end or settings.paused:
        if time.monotonic() >= next_heartbeat:
            database.heartbeat_task(row, job_id)
            next_heartbeat = time.monotonic() + HEARTBEAT_SECONDS
        time.sleep(min(0.1, settings.task_seconds / settings.speed))
