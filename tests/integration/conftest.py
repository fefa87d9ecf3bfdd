"""What the integration tests stand on: the real exporter, and the sandbox's real servers.

EXPORTER names the binary under test (default: build/release); EXPORTER_FLAGS are added to every run
of it. Nothing listens but on loopback, and everything ends with the test.
"""

import json
import os
import re
import shlex
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Callable, Iterator, Optional

import psycopg2
import pytest
import redis

REPOSITORY = Path(__file__).resolve().parents[2]
BINARY = Path(os.environ.get("EXPORTER", REPOSITORY / "build/release/exporter/airflow-host-exporter"))
FLAGS = shlex.split(os.environ.get("EXPORTER_FLAGS", ""))
SANDBOX = REPOSITORY / "deploy" / "sandbox" / "sandbox.py"
START_SECONDS = 60
SAMPLE = re.compile(r"^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$")
LABEL = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\.)*)"')


@dataclass(frozen=True)
class Sample:
    """One line of a page."""

    name: str
    labels: dict[str, str]
    value: float


def parse_page(text: str) -> list[Sample]:
    """The samples of a page in Prometheus's text format; anything else on it is an error."""
    samples = []
    for line in text.splitlines():
        if not line or line.startswith("#"):
            continue
        match = SAMPLE.match(line)
        assert match, f"not a sample: {line!r}"
        labels = dict(LABEL.findall(match.group(2) or ""))
        samples.append(Sample(match.group(1), labels, float(match.group(3))))
    return samples


@dataclass(frozen=True)
class Answer:
    """What the exporter answered to one request."""

    status: int
    headers: dict[str, str]  # names in lower case
    body: bytes
    seconds: float

    @property
    def text(self) -> str:
        return self.body.decode()


class Exporter:
    """A running exporter."""

    def __init__(self, process: subprocess.Popen, port: int, log: Path) -> None:
        self.process = process
        self.pid = process.pid
        self.address = f"127.0.0.1:{port}"
        self._log = log

    @property
    def log(self) -> str:
        return self._log.read_text(errors="replace")

    def get(self, path: str = "/metrics", method: str = "GET",
            headers: Optional[dict[str, str]] = None, data: Optional[bytes] = None) -> Answer:
        request = urllib.request.Request(
            f"http://{self.address}{path}", method=method, headers=headers or {}, data=data)
        begin = time.monotonic()
        try:
            reply = urllib.request.urlopen(request, timeout=30)
        except urllib.error.HTTPError as error:
            reply = error
        with reply:
            body = reply.read()
            fields = {name.lower(): value for name, value in reply.headers.items()}
            return Answer(reply.status, fields, body, time.monotonic() - begin)

    def samples(self) -> list[Sample]:
        answer = self.get()
        assert answer.status == 200, answer.text
        return parse_page(answer.text)

    def values(self, name: str, **labels: str) -> list[float]:
        """Every value of a metric whose labels include these."""
        return [sample.value for sample in self.samples()
                if sample.name == name and labels.items() <= sample.labels.items()]

    def value(self, name: str, **labels: str) -> Optional[float]:
        """The value of the one such sample; None where there is none."""
        values = self.values(name, **labels)
        assert len(values) <= 1, f"{name}{labels} is there {len(values)} times"
        return values[0] if values else None

    def is_ready(self) -> bool:
        try:
            return self.get("/readyz").status == 200
        except OSError:
            return False

    def stop(self) -> int:
        """Ends it as a service manager does; its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGCONT)
            self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def stopped(*pids: int) -> Iterator[None]:
    """Meanwhile these processes do nothing: they hang, and do not end."""
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGCONT)


def until(condition: Callable[[], bool], seconds: float, what: str) -> float:
    """Waits for a condition; how long that took."""
    begin = time.monotonic()
    while not condition():
        if time.monotonic() - begin > seconds:
            pytest.fail(f"not within {seconds} s: {what}")
        time.sleep(0.1)
    return time.monotonic() - begin


def plain_environment(folder: Path, **settings: str) -> dict[str, str]:
    """An environment in which no Airflow is configured but what `settings` say."""
    return {"PATH": os.environ["PATH"], "HOME": str(folder), **settings}


@dataclass(frozen=True)
class Refusal:
    """How the exporter declined to start."""

    exit_code: int
    output: str
    lines: list[str]  # of standard error


@pytest.fixture
def refused(tmp_path: Path) -> Callable[..., Refusal]:
    """Runs the exporter with settings that it should refuse."""

    def run(*flags: str, prefix: tuple[str, ...] = (), binary: Path = BINARY,
            **settings: str) -> Refusal:
        process = subprocess.run(
            [*prefix, str(binary), *FLAGS, *flags], env=plain_environment(tmp_path, **settings),
            cwd="/", stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=30,
            check=False)
        return Refusal(process.returncode, process.stdout, process.stderr.splitlines())

    return run


@contextmanager
def running_exporter(folder: Path, *flags: str, **settings: str) -> Iterator[Exporter]:
    """An exporter on a free loopback port that has asked each of its sources once."""
    port = free_port()
    path = folder / f"exporter-{port}.log"
    with path.open("wb") as log:
        process = subprocess.Popen(
            [str(BINARY), f"--web.listen-address=127.0.0.1:{port}", *FLAGS, *flags],
            env=plain_environment(folder, **settings), cwd="/", stdin=subprocess.DEVNULL,
            stdout=log, stderr=log)
    exporter = Exporter(process, port, path)
    try:
        until(lambda: exporter.is_ready() or process.poll() is not None, START_SECONDS, "/readyz")
        assert process.poll() is None, f"the exporter ended at once:\n{exporter.log}"
        yield exporter
    finally:
        exporter.stop()


@pytest.fixture
def start_exporter(tmp_path: Path) -> Iterator[Callable[..., Exporter]]:
    """Starts exporters: flags as arguments, environment by name."""
    started = []

    def start(*flags: str, **settings: str) -> Exporter:
        context = running_exporter(tmp_path, *flags, **settings)
        exporter = context.__enter__()
        started.append(context)
        return exporter

    yield start
    for context in reversed(started):
        context.__exit__(None, None, None)


@contextmanager
def growing_component(component: str, bytes_per_second: float) -> Iterator[None]:
    """A process named as that component of Airflow whose memory grows at that rate."""
    process = subprocess.Popen(
        [sys.executable, str(Path(__file__).with_name("airflow")), component,
         str(bytes_per_second)], stdin=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.kill()
        process.wait()


class Sandbox:
    """A running sandbox (deploy/sandbox/sandbox.py)."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        lines = (folder / "environment").read_text().splitlines()
        self.settings = dict(shlex.split(line)[1].split("=", 1) for line in lines)

    @property
    def airflow_settings(self) -> dict[str, str]:
        return {name: value for name, value in self.settings.items() if name.startswith("AIRFLOW")}

    def pid(self, part: str) -> int:
        return int((self.folder / "pids" / part).read_text())

    def connect(self, user: str = "airflow", database: str = "airflow"):
        connection = psycopg2.connect(host=str(self.folder / "run"), user=user, dbname=database)
        connection.autocommit = True
        return connection

    def rows(self, sql: str) -> list[tuple]:
        connection = self.connect()
        try:
            with connection.cursor() as cursor:
                cursor.execute(sql)
                return cursor.fetchall()
        finally:
            connection.close()

    def redis(self) -> redis.Redis:
        return redis.Redis(unix_socket_path=str(self.folder / "run" / "redis.sock"))

    @contextmanager
    def paused(self) -> Iterator[None]:
        """While this lasts, no row and no queue changes."""
        pause = self.folder / "pause"
        pause.touch()
        try:
            self._wait_until_still()
            yield
        finally:
            pause.unlink()

    def _wait_until_still(self) -> None:
        def picture() -> str:
            counts = self.rows("SELECT coalesce(state, ''), queue, count(*) FROM task_instance "
                               "GROUP BY 1, 2 ORDER BY 1, 2")
            client = self.redis()
            return json.dumps([counts, client.llen("default"), client.llen("high"),
                               client.hlen("unacked")])

        def is_still() -> bool:
            before = picture()
            time.sleep(1.5)  # Longer than one loop of the scheduler.
            return picture() == before

        until(is_still, 30, "the paused sandbox stands still")


@contextmanager
def running_sandbox(folder: Path, *options: str, program: Path = SANDBOX,
                    seconds: float = START_SECONDS) -> Iterator[Sandbox]:
    """A sandbox, or what another program with the same command line starts."""
    log = folder.parent / f"{folder.name}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, str(program), "run", str(folder), *options],
            stdin=subprocess.DEVNULL, stdout=output, stderr=output)
    try:
        ready = folder / "ready"
        until(lambda: ready.exists() or process.poll() is not None, seconds, "the sandbox")
        assert process.poll() is None, f"the sandbox ended:\n{log.read_text()}"
        yield Sandbox(folder)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


@pytest.fixture
def sandbox_folder() -> Iterator[Path]:
    """A short path: a unix socket's may not be long."""
    with_parent = Path(subprocess.check_output(["mktemp", "-d", "/tmp/sandbox-XXXXXX"], text=True)
                       .strip())
    with_parent.chmod(0o711)
    yield with_parent / "s"
    for path in sorted(with_parent.glob("*")):
        path.unlink()
    with_parent.rmdir()


@pytest.fixture(params=["3.1", "2.10"])
def sandbox_of_each_version(request, sandbox_folder: Path) -> Iterator[Sandbox]:
    with running_sandbox(sandbox_folder, "--airflow-version", request.param) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(sandbox_folder: Path) -> Iterator[Sandbox]:
    with running_sandbox(sandbox_folder) as sandbox:
        yield sandbox
