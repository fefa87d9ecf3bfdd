#!/usr/bin/python3
"""A real Airflow below one folder: CeleryExecutor on a private PostgreSQL and a private Redis.

    stack.py run DIR VENV     in the foreground; ends with SIGTERM, SIGINT or its parent

VENV is a virtual environment in which Airflow is installed. The folder looks as that of
deploy/sandbox/sandbox.py, and `ready` is made once every component has a heartbeat.
"""

import argparse
import os
import shlex
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "deploy" / "sandbox"))
sys.dont_write_bytecode = True
from foreground import run_in_foreground  # noqa: E402
from parts import Parts, SandboxError, say  # noqa: E402
from servers import start_postgres, start_redis  # noqa: E402
from stack_settings import airflow_settings, free_port  # noqa: E402

READY_SECONDS = 400
SCHEDULER_JOBS = {"SchedulerJob", "TriggererJob", "DagProcessorJob"}


class Stack(Parts):
    """Servers and components of one Airflow."""

    def __init__(self, folder: Path, venv: Path) -> None:
        self._airflow = str(venv / "bin" / "airflow")
        self.version = subprocess.run(
            [venv / "bin" / "python", "-c",
             "import importlib.metadata as m; print(m.version('apache-airflow'))"],
            capture_output=True, text=True, check=True).stdout.strip()
        self._redis_port, self._web_port = free_port(), free_port()
        super().__init__(folder, airflow_settings(
            folder, HERE / "dags", self.version, self._redis_port, self._web_port))
        # Tasks start `airflow` and `python` by name (2.x).
        self.settings["PATH"] = f"{venv}/bin:{os.environ['PATH']}"

    @property
    def _is_airflow_3(self) -> bool:
        return not self.version.startswith("2.")

    def start(self) -> None:
        """Starts every part; returns when all have a heartbeat."""
        self.make_folders()
        start_postgres(self, max_connections=150)
        start_redis(self, self._redis_port)
        self._write_files()
        self.run_to_end("migrate", [self._airflow, "db", "migrate"])
        self.run_to_end("pool", [self._airflow, "pools", "set", "pair", "2", "two slots"])
        web = (["api-server", "--workers", "1", "--host"] if self._is_airflow_3 else
               ["webserver", "--workers", "2", "--hostname"])
        self._spawn_airflow("web", *web, "127.0.0.1", "--port", str(self._web_port))
        self._spawn_airflow("scheduler", "scheduler")
        self._spawn_airflow("dag-processor", "dag-processor")
        self._spawn_airflow("triggerer", "triggerer")
        self._spawn_airflow("worker", "celery", "worker", "--queues", "default")
        self._wait_until_alive()
        (self.folder / "ready").touch()
        say(f"Airflow {self.version} is ready; its settings are in {self.folder}/environment")

    def _spawn_airflow(self, name: str, *command: str) -> None:
        self.spawn(name, [self._airflow, *command])

    def _write_files(self) -> None:
        (self.folder / "hold").mkdir()
        (self.folder / "airflow" / "webserver_config.py").write_text(
            "AUTH_ROLE_PUBLIC = 'Admin'\nWTF_CSRF_ENABLED = False\n")
        lines = [f"export {name}={shlex.quote(value)}\n" for name, value in self.settings.items()]
        (self.folder / "environment").write_text("".join(lines))

    def _wait_until_alive(self) -> None:
        end = time.monotonic() + READY_SECONDS
        while missing := self._missing():
            for name, process in self.processes.items():
                if process.poll() is not None:
                    raise SandboxError(f"{name} ended at once:\n{self.log(name)}")
            if time.monotonic() > end:
                raise SandboxError(f"not within {READY_SECONDS} s: {missing}")
            time.sleep(0.5)

    def _missing(self) -> str:
        """What is not there yet; empty once everything is."""
        import psycopg2
        import redis

        with psycopg2.connect(host=str(self.folder / "run"), user="airflow", dbname="airflow"
                              ) as connection, connection.cursor() as cursor:
            cursor.execute("SELECT job_type FROM job WHERE state = 'running'")
            jobs = {row[0] for row in cursor.fetchall()}
        connection.close()
        if not SCHEDULER_JOBS <= jobs:
            return f"a heartbeat of {SCHEDULER_JOBS - jobs}"
        if not redis.Redis(port=self._redis_port).exists("_kombu.binding.celery.pidbox"):
            return "the worker's mailbox"
        path = "/api/v2/monitor/health" if self._is_airflow_3 else "/health"
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{self._web_port}{path}", timeout=5).close()
        except OSError as error:
            return f"the web server ({error})"
        return ""


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", choices=("run",))
    parser.add_argument("folder", type=Path, metavar="DIR")
    parser.add_argument("venv", type=Path, metavar="VENV")
    options = parser.parse_args()
    stack = Stack(options.folder.absolute(), options.venv.absolute())
    return run_in_foreground(stack, stack.start)


if __name__ == "__main__":
    sys.exit(main())
