"""What the workload is told: Airflow's own settings and a few of the sandbox's, all by environment.

sandbox.py writes them (`describe`), the processes of the workload read them (`Settings`).
"""

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Settings:
    """The settings of one process of the workload."""

    airflow_version: str  # "3.3", "3.1" or "2.10": which schema, titles and messages
    database_url: str  # as SQLAlchemy writes it
    broker_url: str  # as kombu writes it
    pause_file: Path  # while it exists, no row and no queue changes
    growth_bytes_per_hour: float  # how fast the scheduler's memory grows
    growth_limit_bytes: int  # and where that ends
    task_seconds: float  # how long a task runs
    task_bytes: int  # how much memory it takes
    active_dag_runs: int  # each has one active task instance at a time
    speed: float  # how many times as fast as usual tasks run and are scheduled

    @staticmethod
    def from_environment() -> "Settings":
        env = os.environ
        return Settings(
            airflow_version=env["SANDBOX_AIRFLOW_VERSION"],
            database_url=env["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"],
            broker_url=env["AIRFLOW__CELERY__BROKER_URL"],
            pause_file=Path(env["SANDBOX_PAUSE_FILE"]),
            growth_bytes_per_hour=float(env["SANDBOX_GROWTH_BYTES_PER_HOUR"]),
            growth_limit_bytes=int(env["SANDBOX_GROWTH_LIMIT_BYTES"]),
            task_seconds=float(env["SANDBOX_TASK_SECONDS"]),
            task_bytes=int(env["SANDBOX_TASK_BYTES"]),
            active_dag_runs=int(env["SANDBOX_ACTIVE_DAG_RUNS"]),
            speed=float(env["SANDBOX_SPEED"]),
        )

    @property
    def is_airflow_3(self) -> bool:
        return self.airflow_version.startswith("3.")

    @property
    def libpq_url(self) -> str:
        """The database's URL without SQLAlchemy's driver name, as libpq reads it."""
        return self.database_url.replace("+psycopg2", "", 1)

    @property
    def paused(self) -> bool:
        return self.pause_file.exists()


def airflow_settings(folder: Path, airflow_version: str) -> dict[str, str]:
    """Airflow's own settings for a sandbox in `folder`, by the names of Airflow's environment."""
    return {
        "AIRFLOW_HOME": f"{folder}/airflow",
        "AIRFLOW__CORE__EXECUTOR": "CeleryExecutor",
        "AIRFLOW__CORE__PARALLELISM": "32",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN":
            f"postgresql+psycopg2://airflow@/airflow?host={folder}/run",
        "AIRFLOW__CELERY__BROKER_URL": f"redis+socket://{folder}/run/redis.sock?virtual_host=0",
        "AIRFLOW__CELERY__WORKER_CONCURRENCY": "2",
        "AIRFLOW__CELERY_BROKER_TRANSPORT_OPTIONS__VISIBILITY_TIMEOUT": "86400",
        "AIRFLOW__OPERATORS__DEFAULT_QUEUE": "default",
        "SANDBOX_AIRFLOW_VERSION": airflow_version,
        "SANDBOX_PAUSE_FILE": f"{folder}/pause",
    }
