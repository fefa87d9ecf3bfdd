"""A Celery application as Airflow configures it, whose tasks take as long as they are told to, and
then wait for as long as a file exists.

Airflow's source: providers/celery/.../executors/default_celery.py. Settings by environment:
BROKER_URL, TASK_FOLDER (where tasks leave their traces) and PREFETCH_MULTIPLIER.
"""

import os
import time
from pathlib import Path

from celery import Celery, Task

app = Celery("airflow.providers.celery.executors.celery_executor",
             broker=os.environ.get("BROKER_URL"))
app.conf.update(
    accept_content=["json"],
    broker_transport_options={"visibility_timeout": 86400},
    event_serializer="json",
    task_acks_late=True,
    task_default_queue="default",
    task_ignore_result=True,
    task_track_started=True,
    worker_prefetch_multiplier=int(os.environ.get("PREFETCH_MULTIPLIER", "1")),
)


@app.task(name="execute_command", bind=True)
def execute_command(self: Task, queue: str, token: str = "", seconds: float = 0) -> None:
    folder = Path(os.environ["TASK_FOLDER"])
    # Renamed once it is whole: somebody counts these files all the time.
    trace = folder / f"begins-{self.request.id}"
    trace.write_text(f"{queue} {self.request.hostname}")
    trace.rename(folder / f"began-{self.request.id}")
    time.sleep(seconds)
    while (folder / "hold").exists():
        time.sleep(0.05)
    (folder / f"ended-{self.request.id}").touch()
