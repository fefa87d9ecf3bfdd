"""Names that moved between Airflow 2 and 3, and how our tasks are told to end."""

import os
import time
from datetime import datetime
from pathlib import Path

try:
    from airflow.providers.standard.sensors.filesystem import FileSensor
    from airflow.sdk import dag as _dag
    from airflow.sdk import task
except ImportError:
    from airflow.decorators import dag as _dag
    from airflow.decorators import task
    from airflow.sensors.filesystem import FileSensor

__all__ = ["FileSensor", "dag", "hold_file", "task", "wait_for_release"]

LONGEST_SECONDS = 1200


def dag(**options):
    """A dag that runs when it is told to, and not before."""
    return _dag(schedule=None, start_date=datetime(2024, 1, 1), catchup=False,
                **({"is_paused_upon_creation": False} | options))


def hold_file(name: str) -> Path:
    """The test makes this file to end the tasks that wait for it."""
    return Path(os.environ["TEST_HOLD"]) / name


def wait_for_release(name: str) -> None:
    end = time.monotonic() + LONGEST_SECONDS
    while not hold_file(name).exists() and time.monotonic() < end:
        time.sleep(0.2)
