#!/usr/bin/python3
"""A small living Airflow below one folder: PostgreSQL, Redis, a Celery worker and the workload.

    sandbox.py run DIR [options]     in the foreground; ends with SIGTERM, SIGINT or its parent
    sandbox.py start DIR [options]   in the background; returns when it is ready
    sandbox.py stop DIR              ends what `start` started and removes the folder

DIR must be new or empty; it is removed at the end. While the sandbox runs it holds
    environment   Airflow's own settings for this sandbox, as `export NAME=VALUE` lines
    ready         made when everything has started
    pause         make this file to freeze the workload: no row, no queue changes any more
    pids/NAME     the process id of each part        log/NAME.log   what it wrote
    run/          the unix sockets                   airflow/       AIRFLOW_HOME
Nothing listens on the network. With the death of this program everything it started ends.
"""

import argparse
import os
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path

sys.dont_write_bytecode = True  # Nothing is left behind, in this folder either.
from foreground import run_in_foreground  # noqa: E402
from parts import START_SECONDS, STOP_SECONDS, Parts, SandboxError, say  # noqa: E402
from servers import start_postgres, start_redis  # noqa: E402
from workload.settings import airflow_settings  # noqa: E402

HERE = Path(__file__).resolve().parent
PYTHON = "/usr/bin/python3"


class Sandbox(Parts):
    """Servers, Celery worker and workload of one sandbox."""

    def __init__(self, folder: Path, options: argparse.Namespace) -> None:
        self.version: str = options.airflow_version
        self._servers_only: bool = options.servers_only
        super().__init__(folder, airflow_settings(folder, self.version) | {
            "SANDBOX_GROWTH_BYTES_PER_HOUR": str(options.growth_megabytes_per_hour * 1e6),
            "SANDBOX_GROWTH_LIMIT_BYTES": str(options.growth_limit_megabytes * 10**6),
            "SANDBOX_TASK_SECONDS": str(options.task_seconds),
            "SANDBOX_TASK_BYTES": str(options.task_megabytes * 10**6),
            "SANDBOX_ACTIVE_DAG_RUNS": str(options.active_dag_runs),
            "SANDBOX_SPEED": str(options.speed),
        })

    def start(self) -> None:
        """Starts every part; returns when a first task runs, if there is a workload."""
        self.make_folders()
        start_postgres(self)
        start_redis(self)
        self._load_schema()
        if not self._servers_only:
            self._start_workload()
        lines = [f"export {name}={shlex.quote(value)}\n" for name, value in self.settings.items()]
        (self.folder / "environment").write_text("".join(lines))
        if not self._servers_only:
            self._wait_until_it_moves()
        (self.folder / "ready").touch()
        say(f"Airflow {self.version} is ready; its settings are in {self.folder}/environment")

    def _start_workload(self) -> None:
        web = "api-server" if self.version.startswith("3.") else "webserver"
        for command in ("scheduler", "triggerer", "dag-processor", web, "celery worker"):
            self._start_airflow(command)

    def _start_airflow(self, command: str) -> None:
        self.spawn(command.replace(" ", "-"),
                   [PYTHON, str(HERE / "bin" / "airflow"), *command.split()])

    def _load_schema(self) -> None:
        schema = HERE / "schema" / f"airflow-{self.version}.sql"
        self.run_to_end("schema", [
            "psql", "--quiet", "--no-psqlrc", "-v", "ON_ERROR_STOP=1",
            "-h", str(self.folder / "run"), "-U", "airflow", "-d", "airflow", "-f", str(schema)])

    def _wait_until_it_moves(self) -> None:
        """Until the worker has begun a first task."""
        import psycopg2

        connection = psycopg2.connect(host=str(self.folder / "run"), user="airflow",
                                      dbname="airflow")
        connection.autocommit = True
        end = time.monotonic() + START_SECONDS
        with connection.cursor() as cursor:
            while True:
                cursor.execute("SELECT count(*) FROM task_instance WHERE state = 'running'")
                if cursor.fetchone()[0] > 0:
                    break
                ended = [name for name, process in self.processes.items()
                         if process.poll() is not None]
                if ended:
                    raise SandboxError(f"{ended[0]} ended at once:\n{self.log(ended[0])}")
                if time.monotonic() > end:
                    raise SandboxError("no task began to run:\n" + self.log("celery-worker"))
                time.sleep(0.1)
        connection.close()


def run(folder: Path, options: argparse.Namespace) -> int:
    sandbox = Sandbox(folder, options)
    return run_in_foreground(sandbox, sandbox.start, options.detached)


def start(folder: Path, arguments: list[str]) -> int:
    process = subprocess.Popen(
        [PYTHON, __file__, "run", *arguments, "--detached"], stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL, start_new_session=True)
    while process.poll() is None:
        if (folder / "ready").exists():
            return 0
        time.sleep(0.1)
    return process.returncode


def stop(folder: Path) -> int:
    try:
        pid = int((folder / "pids" / "sandbox").read_text())
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
    except (OSError, ValueError):
        say(f"no sandbox runs in {folder}")
        return 1
    if b"sandbox.py" not in command:
        say(f"process {pid} is not the sandbox of {folder} any more; remove the folder by hand")
        return 1
    os.kill(pid, signal.SIGTERM)
    end = time.monotonic() + 4 * STOP_SECONDS
    while folder.exists() and time.monotonic() < end:  # Its removal is the last thing done.
        time.sleep(0.05)
    if folder.exists():
        say(f"the sandbox of {folder} (process {pid}) did not end in time")
        return 1
    return 0


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", choices=("run", "start", "stop"))
    parser.add_argument("folder", type=Path, metavar="DIR")
    parser.add_argument("--airflow-version", choices=("3.3", "3.1", "2.10"), default="3.1")
    parser.add_argument("--growth-megabytes-per-hour", type=float, default=40.0,
                        help="how fast the scheduler's memory grows (40)")
    parser.add_argument("--growth-limit-megabytes", type=int, default=400,
                        help="and how much it may grow in all (400)")
    parser.add_argument("--task-seconds", type=float, default=6.0)
    parser.add_argument("--task-megabytes", type=int, default=40)
    parser.add_argument("--active-dag-runs", type=int, default=11,
                        help="each has one task that is queued, running or waiting (11)")
    parser.add_argument("--speed", type=float, default=1.0,
                        help="how many times as fast tasks run and are scheduled (1); above 1 they "
                             "run in the worker's pool, not in processes of their own")
    parser.add_argument("--servers-only", action="store_true",
                        help="PostgreSQL with Airflow's tables and Redis, and no workload")
    parser.add_argument("--detached", action="store_true",
                        help="outlive the process that started this one (`start` gives it)")
    return parser.parse_args()


def main() -> int:
    options = parse_arguments()
    folder = options.folder.absolute()
    if options.command == "run":
        return run(folder, options)
    if options.command == "start":
        return start(folder, sys.argv[2:])
    return stop(folder)


if __name__ == "__main__":
    sys.exit(main())
