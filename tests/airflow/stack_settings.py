"""Airflow's own settings for the real Airflow of the tests, by the names of its environment."""

import socket
from pathlib import Path

SECRET = "only-for-this-test-and-on-loopback-only-0123456789-0123456789-0123456789"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def airflow_settings(folder: Path, dags: Path, version: str, redis_port: int,
                     web_port: int) -> dict[str, str]:
    common = {
        "AIRFLOW_HOME": f"{folder}/airflow",
        "AIRFLOW_CONN_FS_DEFAULT": "fs:///",
        "AIRFLOW__CORE__EXECUTOR": "CeleryExecutor",
        "AIRFLOW__CORE__DAGS_FOLDER": str(dags),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN":
            f"postgresql+psycopg2://airflow@/airflow?host={folder}/run",
        "AIRFLOW__CELERY__BROKER_URL": f"redis://127.0.0.1:{redis_port}/0",
        "AIRFLOW__CELERY__WORKER_CONCURRENCY": "4",
        # However busy the machine is, no task is to wait for too long.
        "AIRFLOW__SCHEDULER__TASK_QUEUED_TIMEOUT": "7200",
        "AIRFLOW__EXECUTION_API__JWT_EXPIRATION_TIME": "7200",
        "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
        "TEST_HOLD": f"{folder}/hold",
        "TEST_WEB_URL": f"http://127.0.0.1:{web_port}",
    }
    return common | (_airflow_2() if version.startswith("2.") else _airflow_3(web_port))


def _airflow_2() -> dict[str, str]:
    return {
        "AIRFLOW__SCHEDULER__STANDALONE_DAG_PROCESSOR": "True",
        "AIRFLOW__WEBSERVER__SECRET_KEY": SECRET,
        "AIRFLOW__API__AUTH_BACKENDS": "airflow.api.auth.backend.default",
    }


def _airflow_3(web_port: int) -> dict[str, str]:
    return {
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"http://127.0.0.1:{web_port}/execution/",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS": "True",
        "AIRFLOW__API__BASE_URL": f"http://127.0.0.1:{web_port}",
        "AIRFLOW__API__SECRET_KEY": SECRET,
        "AIRFLOW__API_AUTH__JWT_SECRET": SECRET,
    }
