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
import pwd
import shlex
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Callable, Optional

sys.dont_write_bytecode = True  # Nothing is left behind, in this folder either.
from workload.process import adopt_orphans, descendants, die_with_parent  # noqa: E402
from workload.settings import airflow_settings  # noqa: E402

HERE = Path(__file__).resolve().parent
PYTHON = "/usr/bin/python3"
START_SECONDS = 60
STOP_SECONDS = 5
SOCKET_PATH_LIMIT = 107  # sun_path of unix(7), less its closing NUL


class SandboxError(Exception):
    """One sentence: what failed and what to do."""


class Sandbox:
    """The parts of one sandbox, started in order and stopped in the opposite one."""

    def __init__(self, folder: Path, options: argparse.Namespace) -> None:
        self.folder = folder
        self.version: str = options.airflow_version
        self.servers_only: bool = options.servers_only
        self.processes: dict[str, subprocess.Popen] = {}
        self._owns_folder = False
        self.settings = airflow_settings(folder, self.version) | {
            "SANDBOX_GROWTH_BYTES_PER_HOUR": str(options.growth_megabytes_per_hour * 1e6),
            "SANDBOX_GROWTH_LIMIT_BYTES": str(options.growth_limit_megabytes * 10**6),
            "SANDBOX_TASK_SECONDS": str(options.task_seconds),
            "SANDBOX_TASK_BYTES": str(options.task_megabytes * 10**6),
            "SANDBOX_ACTIVE_DAG_RUNS": str(options.active_dag_runs),
            "SANDBOX_SPEED": str(options.speed),
        }

    def start(self) -> None:
        self._make_folders()
        self._start_postgres()
        self._start_redis()
        self._load_schema()
        if not self.servers_only:
            self._start_workload()
        lines = [f"export {name}={shlex.quote(value)}\n" for name, value in self.settings.items()]
        (self.folder / "environment").write_text("".join(lines))
        if not self.servers_only:
            self._wait_until_it_moves()
        (self.folder / "ready").touch()

    def _start_workload(self) -> None:
        web = "api-server" if self.version.startswith("3.") else "webserver"
        for command in ("scheduler", "triggerer", "dag-processor", web, "celery worker"):
            self._start_airflow(command)

    def stop(self) -> None:
        """Ends every process, the servers last, and removes the folder."""
        servers = [self.processes.pop(name) for name in ("redis", "postgres")
                   if name in self.processes]
        for process in self.processes.values():
            process.send_signal(signal.SIGTERM)
        _wait_for(list(self.processes.values()), 1.0)
        for server in servers:
            # PostgreSQL's immediate shutdown frees its shared memory; its data is thrown away.
            server.send_signal(signal.SIGCONT)
            server.send_signal(signal.SIGQUIT if server is servers[-1] else signal.SIGTERM)
        _kill_descendants(except_for=[server.pid for server in servers])
        _wait_for(servers, STOP_SECONDS)
        _kill_descendants(except_for=[])
        if self._owns_folder:
            shutil.rmtree(self.folder, ignore_errors=True)

    def report_ended(self) -> None:
        for name, process in self.processes.items():
            if process.returncode is None and process.poll() is not None:
                _say(f"{name} ended with {process.returncode}; see {self.folder}/log/{name}.log")

    def _make_folders(self) -> None:
        longest = self.folder / "run" / ".s.PGSQL.5432.lock"
        if len(os.fsencode(longest)) > SOCKET_PATH_LIMIT:
            raise SandboxError(f"the path {self.folder} is too long for a unix socket below it; "
                               "choose a shorter one, such as a folder in /tmp")
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            if any(self.folder.iterdir()):
                raise SandboxError(f"{self.folder} is not empty; give a new or an empty folder")
            self._owns_folder = True
            # Other users may pass through, PostgreSQL's among them, and see nothing.
            self.folder.chmod(0o711)
            for name in ("run", "log", "pids", "airflow", "postgres"):
                (self.folder / name).mkdir()
        except OSError as error:
            raise SandboxError(f"cannot make the sandbox's folder: {error}") from error
        (self.folder / "pids" / "sandbox").write_text(str(os.getpid()))

    def _spawn(self, name: str, command: list[str], user: Optional[str] = None,
               death_signal: int = signal.SIGKILL) -> None:
        log = (self.folder / "log" / f"{name}.log").open("ab")
        account = pwd.getpwnam(user) if user else None
        who = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []} if account else {}
        environment = os.environ | self.settings | {"PYTHONDONTWRITEBYTECODE": "1"}
        self.processes[name] = subprocess.Popen(
            command, env=environment, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=log,
            stderr=log, preexec_fn=lambda: die_with_parent(death_signal), **who)
        log.close()
        (self.folder / "pids" / name).write_text(str(self.processes[name].pid))

    def _start_airflow(self, command: str) -> None:
        self._spawn(command.replace(" ", "-"),
                    [PYTHON, str(HERE / "bin" / "airflow"), *command.split()])

    def _start_postgres(self) -> None:
        binaries = _postgres_binaries()
        user = "postgres" if os.geteuid() == 0 else None
        data, run = self.folder / "postgres", self.folder / "run"
        if user:
            for path in (data, run):
                shutil.chown(path, user, user)
        self._spawn("initdb", [
            str(binaries / "initdb"), "--pgdata", str(data), "--username=postgres", "--auth=trust",
            "--encoding=UTF8", "--locale=C", "--no-sync"], user)
        if self.processes["initdb"].wait() != 0:
            raise SandboxError(f"initdb failed:\n{self._log('initdb')}")
        del self.processes["initdb"]
        options = {
            "listen_addresses": "", "unix_socket_directories": str(run),
            "unix_socket_permissions": "0700", "fsync": "off", "synchronous_commit": "off",
            "full_page_writes": "off", "shared_buffers": "32MB", "max_connections": "40",
            "dynamic_shared_memory_type": "mmap", "max_worker_processes": "2",
        }
        arguments = [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
        self._spawn("postgres", [str(binaries / "postgres"), "-D", str(data), *arguments], user,
                    signal.SIGQUIT)

    def _start_redis(self) -> None:
        self._spawn("redis", [
            "redis-server", "--port", "0", "--save", "", "--appendonly", "no",
            "--unixsocket", str(self.folder / "run" / "redis.sock"), "--unixsocketperm", "700",
            "--dir", str(self.folder)])

    def _load_schema(self) -> None:
        import psycopg2
        import redis

        run = self.folder / "run"
        admin = self._until_it_answers(
            "postgres", lambda: psycopg2.connect(host=str(run), user="postgres", dbname="postgres"),
            psycopg2.OperationalError)
        admin.autocommit = True
        with admin.cursor() as cursor:
            cursor.execute("CREATE ROLE airflow LOGIN")
            cursor.execute("CREATE DATABASE airflow OWNER airflow")
        admin.close()
        schema = HERE / "schema" / f"airflow-{self.version}.sql"
        loaded = subprocess.run(
            ["psql", "--quiet", "--no-psqlrc", "-v", "ON_ERROR_STOP=1", "-h", str(run),
             "-U", "airflow", "-d", "airflow", "-f", str(schema)],
            stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
        if loaded.returncode != 0:
            raise SandboxError(f"cannot load {schema}: {loaded.stderr.strip()}")
        client = redis.Redis(unix_socket_path=str(run / "redis.sock"))
        self._until_it_answers("redis", client.ping, redis.ConnectionError)

    def _until_it_answers(self, name: str, attempt: Callable[[], Any],
                          not_yet: type[Exception]) -> Any:
        end = time.monotonic() + START_SECONDS
        while True:
            try:
                return attempt()
            except not_yet as error:
                if self.processes[name].poll() is not None or time.monotonic() > end:
                    raise SandboxError(f"{name} does not answer ({error}):\n{self._log(name)}"
                                       ) from error
                time.sleep(0.05)

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
                    raise SandboxError(f"{ended[0]} ended at once:\n{self._log(ended[0])}")
                if time.monotonic() > end:
                    raise SandboxError("no task began to run:\n" + self._log("celery-worker"))
                time.sleep(0.1)
        connection.close()

    def _log(self, name: str) -> str:
        path = self.folder / "log" / f"{name}.log"
        return "\n".join(path.read_text(errors="replace").splitlines()[-15:])


def _postgres_binaries() -> Path:
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"),
                     key=lambda path: int(path.parent.parent.name))
    if not folders:
        raise SandboxError("PostgreSQL's server is not installed; run "
                           "deploy/install-dependencies.sh sandbox")
    return folders[-1].parent


def _wait_for(processes: list[subprocess.Popen], seconds: float) -> None:
    end = time.monotonic() + seconds
    for process in processes:
        try:
            process.wait(max(0.0, end - time.monotonic()))
        except subprocess.TimeoutExpired:
            pass  # It is killed with the rest.


def _kill_descendants(except_for: list[int]) -> None:
    """Kills what is still below this process, again until nothing is."""
    spared = set(except_for)
    for pid in except_for:
        spared |= set(descendants(pid))
    while left := [pid for pid in descendants(os.getpid()) if pid not in spared]:
        for pid in left:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        for pid in left:
            try:
                os.waitpid(pid, 0)
            except ChildProcessError:
                pass  # Not ours: its own parent, or we as its next one, will reap it.


def _say(text: str) -> None:
    print(f"sandbox: {text}", file=sys.stderr, flush=True)


def _close_stderr() -> None:
    """Whoever waits for the end of our output must not wait for ours."""
    with open(os.devnull, "wb") as null:
        os.dup2(null.fileno(), sys.stderr.fileno())


class _Stop(Exception):
    """A signal asked for the end."""


def _raise_stop(*_: object) -> None:
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)  # The orderly end is not to be broken off.
    raise _Stop


def run(folder: Path, options: argparse.Namespace) -> int:
    if not options.detached:
        die_with_parent(signal.SIGTERM)
    adopt_orphans()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, _raise_stop)
    sandbox = Sandbox(folder, options)
    try:
        sandbox.start()
        _say(f"Airflow {sandbox.version} is ready; its settings are in {folder}/environment")
        if options.detached:
            _close_stderr()
        while True:
            sandbox.report_ended()
            time.sleep(0.5)
    except _Stop:
        return 0
    except SandboxError as error:
        _say(str(error))
        return 1
    finally:
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        sandbox.stop()


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
        _say(f"no sandbox runs in {folder}")
        return 1
    if b"sandbox.py" not in command:
        _say(f"process {pid} is not the sandbox of {folder} any more; remove the folder by hand")
        return 1
    os.kill(pid, signal.SIGTERM)
    end = time.monotonic() + 4 * STOP_SECONDS
    while folder.exists() and time.monotonic() < end:  # Its removal is the last thing done.
        time.sleep(0.05)
    if folder.exists():
        _say(f"the sandbox of {folder} (process {pid}) did not end in time")
        return 1
    return 0


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", choices=("run", "start", "stop"))
    parser.add_argument("folder", type=Path, metavar="DIR")
    parser.add_argument("--airflow-version", choices=("3.1", "2.10"), default="3.1")
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
