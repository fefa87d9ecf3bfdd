"""Airflow's smaller components: triggerer, dag-processor, API server (3.x) and webserver (2.x)."""

import os
import signal
from typing import Callable

from setproctitle import setproctitle

from .database import Database
from .process import die_with_parent, stop_event
from .settings import Settings

HEARTBEAT_SECONDS = 5
TRIGGER_SECONDS = 1


def run_triggerer(settings: Settings) -> None:
    database = Database(settings)
    job_id = database.start_job("TriggererJob")
    stop = stop_event()
    rounds = 0
    while not stop.wait(TRIGGER_SECONDS):
        if rounds % HEARTBEAT_SECONDS == 0:
            database.heartbeat(job_id)
        rounds += 1
        if not settings.paused:
            database.assign_triggers(job_id)
            database.fire_triggers()
    database.end_job(job_id)


def run_dag_processor(settings: Settings) -> None:
    database = Database(settings)
    job_id = database.start_job("DagProcessorJob")
    stop = stop_event()
    while not stop.wait(HEARTBEAT_SECONDS):
        database.heartbeat(job_id)
        database.write_parsed()
    database.end_job(job_id)


def run_api_server(_: Settings) -> None:
    """Uvicorn's one process, titled as Airflow 3 titles it. It serves nothing."""
    setproctitle("airflow api_server -- host:0.0.0.0 port:8080")
    stop_event().wait()


def run_webserver(_: Settings) -> None:
    """Airflow 2's monitor, below it Gunicorn's master, below that two workers. They serve nothing."""
    _fork(_gunicorn_master)
    stop_event().wait()


def _gunicorn_master() -> None:
    for _ in range(2):
        _fork(lambda: _titled("[ready] gunicorn: worker [airflow-webserver]"))
    _titled("gunicorn: master [airflow-webserver]")


def _titled(title: str) -> None:
    setproctitle(title)
    stop_event().wait()


def _fork(body: Callable[[], None]) -> None:
    if os.fork() == 0:
        die_with_parent(signal.SIGTERM)
        body()
        os._exit(0)
