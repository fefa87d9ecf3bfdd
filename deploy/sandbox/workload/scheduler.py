"""The scheduler: makes DAG runs, moves task instances up to `queued`, and hands them to Celery.

As Airflow's own: one loop, a heartbeat every five seconds, a row is set to queued first and its
message is sent then. Its memory grows at a known rate (growth.py), as a leaking scheduler's does.
"""

import itertools
import time
import uuid

from .dags import DAGS
from .database import Database
from .growth import Growth
from .messages import make_celery, message_argument, task_name
from .process import stop_event
from .settings import Settings

LOOP_SECONDS = 0.5
LEAST_LOOP_SECONDS = 0.02
HEARTBEAT_SECONDS = 5
QUEUED_DAG_RUNS = 2
MOST_NEW_DAG_RUNS = 50  # a loop, so that a loop ends


class Scheduler:
    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._database = Database(settings)
        self._celery = make_celery(settings)
        self._dags = itertools.cycle([dag for dag in DAGS if not dag.is_paused])
        self._growth = Growth(settings.growth_bytes_per_hour, settings.growth_limit_bytes)
        self._database.write_dags()
        self._job_id = self._database.start_job("SchedulerJob")

    def run(self) -> None:
        stop = stop_event()
        next_heartbeat = 0.0
        loop_seconds = max(LEAST_LOOP_SECONDS, LOOP_SECONDS / self._settings.speed)
        while not stop.wait(loop_seconds):
            if time.monotonic() >= next_heartbeat:
                self._database.heartbeat(self._job_id)
                next_heartbeat = time.monotonic() + HEARTBEAT_SECONDS
            self._growth.grow()
            if not self._settings.paused:
                self._schedule()
        self._database.end_job(self._job_id)

    def _schedule(self) -> None:
        database = self._database
        database.finish_dag_runs()
        missing = self._settings.active_dag_runs - database.count_dag_runs("running")
        for _ in range(min(missing, MOST_NEW_DAG_RUNS)):
            if database.count_dag_runs("queued") == 0:
                database.create_dag_run(next(self._dags))
            database.start_dag_run(self._job_id)
        while database.count_dag_runs("queued") < QUEUED_DAG_RUNS:
            database.create_dag_run(next(self._dags))
        # Hands over what was scheduled by the last loop, so that each state can be seen.
        for row in database.scheduled_tasks():
            # Airflow gives the message its id beforehand from 3.3 on, and before that a moment later.
            message_id = str(uuid.uuid4())
            database.queue_task(row, self._job_id, message_id)
            self._send(database.find_task(row), message_id)
        database.schedule_tasks()
        database.delete_old_rows()

    def _send(self, row: dict, message_id: str) -> None:
        self._celery.send_task(
            task_name(self._settings), args=[message_argument(row, self._settings)],
            queue=row["queue"], task_id=message_id)


def run(settings: Settings) -> None:
    Scheduler(settings).run()
