"""Real kills by the kernel, in child cgroups with a limit, and what the exporter makes of them.

They need root, a v1 memory controller that may be written, and the kernel's log. Other kills may
happen on this host at the same time: every check is of this test's own processes.
"""

import json
import os
import signal
import socketserver
import subprocess
import sys
import threading
import time
import uuid
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any, Iterator, Optional

import pytest

from conftest import BINARY, FLAGS, Exporter, Sandbox, free_port, plain_environment, until

MEMORY = Path("/sys/fs/cgroup/memory")
KMSG = Path("/dev/kmsg")
MEBIBYTE = 2**20
LIMIT_BYTES = 160 * MEBIBYTE
KILLS_PATH = "/api/v1/oom-kills"

pytestmark = pytest.mark.skipif(
    os.geteuid() != 0 or not (MEMORY / "memory.limit_in_bytes").exists() or not KMSG.exists(),
    reason="needs root, the v1 memory controller and /dev/kmsg")

# A Celery worker as Airflow runs one: main process, pool child, and below it a process per task,
# titled as Airflow titles it. A task waits for SIGUSR1 and then takes memory without end; on SIGUSR2
# it starts a program of its own that does the same.
WORKER = r"""
import json, os, signal, subprocess, sys
from setproctitle import setproctitle

EAT = "held = []\nwhile True: held.append(b'x' * 4194304)"
signals = [signal.SIGUSR1, signal.SIGUSR2]
signal.pthread_sigmask(signal.SIG_BLOCK, signals)
open(sys.argv[1] + "/cgroup.procs", "w").write(str(os.getpid()))
tasks = json.loads(sys.argv[2])

def say(**what):
    os.write(1, (json.dumps(what) + "\n").encode())

def fork(body):
    pid = os.fork()
    if pid == 0:
        body()
        os._exit(0)
    return pid

def reap():
    try:
        while True:
            os.wait()
    except ChildProcessError:
        pass

def work(task):
    setproctitle(task["title"])
    say(name=task["name"], pid=os.getpid())
    if signal.sigwait(signals) == signal.SIGUSR2:
        child = subprocess.Popen([sys.executable, "-c", "import signal\n"
                                  "signal.sigwait([signal.SIGUSR1])\n" + EAT])
        say(name=task["name"] + "/child", pid=child.pid)
        child.wait()
        return
    exec(EAT)

def supervise(task):
    if task["supervisor"]:
        setproctitle(task["supervisor"])
        fork(lambda: work(task))
        reap()
    else:
        work(task)

def pool():
    setproctitle("[celeryd: celery@test:ForkPoolWorker-1]")
    for task in tasks:
        fork(lambda: supervise(task))
    reap()

setproctitle("[celeryd: celery@test:MainProcess] -active- (celery worker)")
say(name="main", pid=os.getpid())
fork(pool)
signal.pause()
"""

# What any program may be: it takes memory without end, at once or when it is told to.
EATER = r"""
import os, signal, sys
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])
open(sys.argv[1] + "/cgroup.procs", "w").write(str(os.getpid()))
print(os.getpid(), flush=True)
signal.sigwait([signal.SIGUSR1])
held = []
while True: held.append(b"x" * 4194304)
"""


@dataclass(frozen=True)
class Cgroup:
    """A memory cgroup that is named as Docker names a container's."""

    path: str  # Below the root of the hierarchy.

    @property
    def folder(self) -> Path:
        return MEMORY / self.path.lstrip("/")

    @property
    def container_id(self) -> str:
        return self.path.rsplit("/", 1)[1]


@contextmanager
def limited_cgroup(path: str) -> Iterator[Cgroup]:
    cgroup = Cgroup(path)
    cgroup.folder.mkdir(parents=True)
    try:
        (cgroup.folder / "memory.limit_in_bytes").write_text(str(LIMIT_BYTES))
        yield cgroup
    finally:
        for pid in (cgroup.folder / "cgroup.procs").read_text().split():
            os.kill(int(pid), signal.SIGKILL)
        until(lambda: not (cgroup.folder / "cgroup.procs").read_text(), 10, "the cgroup is empty")
        cgroup.folder.rmdir()
        try:
            cgroup.folder.parent.rmdir()  # Another's containers may be there.
        except OSError:
            pass


def docker_cgroup():
    return limited_cgroup(f"/docker/{uuid.uuid4().hex}{uuid.uuid4().hex}")


@contextmanager
def engine(path: Path, names: dict[str, str]) -> Iterator[Path]:
    """Answers as the Docker engine does: the containers `names` (by id), and nothing else."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = json.dumps([{"Id": key, "Names": ["/" + name], "Labels": {}, "State": "running"}
                               for key, name in names.items()]).encode()
            self.send_response(200 if self.path == "/containers/json" else 404)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

        def address_string(self) -> str:
            return "unix"

    with socketserver.ThreadingUnixStreamServer(str(path), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield path
        finally:
            server.shutdown()
            thread.join()


@dataclass
class Task:
    """One task instance, and the process that works on it."""

    dag_id: str
    task_id: str
    run_id: str
    title: str
    supervisor: str = ""
    pid: int = 0

    def as_json(self) -> dict[str, str]:
        return {"name": self.task_id, "title": self.title, "supervisor": self.supervisor}


@contextmanager
def worker(cgroup: Cgroup, tasks: list[Task]) -> Iterator[subprocess.Popen]:
    """A worker within `cgroup` that runs all of `tasks`; their pids are filled in."""
    process = subprocess.Popen(
        [sys.executable, "-c", WORKER, str(cgroup.folder),
         json.dumps([task.as_json() for task in tasks])],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, start_new_session=True)
    try:
        pids = {}
        for _ in range(len(tasks) + 1):  # And its main process.
            said = json.loads(process.stdout.readline())
            pids[said["name"]] = said["pid"]
        for task in tasks:
            task.pid = pids[task.task_id]
        yield process
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def is_alive(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


def have_killed(pid: int) -> None:
    """Lets the process take memory until the kernel kills it."""
    os.kill(pid, signal.SIGUSR1)
    until(lambda: not is_alive(pid), 20, f"the kernel kills process {pid}")


def kill_in(cgroup: Cgroup) -> int:
    """Has an ordinary program killed within `cgroup`; its pid."""
    process = subprocess.Popen([sys.executable, "-c", EATER, str(cgroup.folder)],
                               stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
    pid = int(process.stdout.readline())
    os.kill(pid, signal.SIGUSR1)
    assert process.wait(20) == -signal.SIGKILL
    return pid


def kills_of(exporter: Exporter, pids: set[int]) -> dict[int, dict[str, Any]]:
    """The last kills of these processes, by pid."""
    answer = exporter.get(KILLS_PATH)
    assert answer.status == 200
    kills = json.loads(answer.text)["kills"]
    times = [kill["timestamp_seconds"] for kill in kills]
    assert times == sorted(times, reverse=True), "the newest comes first"
    assert len(kills) <= 100
    found = [kill for kill in kills if kill["pid"] in pids]
    assert len({kill["pid"] for kill in found}) == len(found), "a kill is told twice"
    return {kill["pid"]: kill for kill in found}


def counted(exporter: Exporter, **labels: str) -> float:
    return sum(exporter.values("airflow_oom_kills_total", **labels))


def wait_until_known(exporter: Exporter) -> None:
    """Until every process and every container that is there now has been observed."""
    begin = time.time()
    for collector in ("component", "container"):
        until(lambda: (exporter.value(
            "airflow_host_exporter_collector_last_success_timestamp_seconds",
            collector=collector) or 0) > begin + 1, 30, f"the {collector} collector looks again")


def tasks_of_airflow_2(count: int) -> list[Task]:
    tasks = []
    for number in range(count):
        dag_id, task_id, run_id = "nightly_etl", f"load_{number}", "scheduled__2026-11-21T00:00:00+00:00"
        command = ["airflow", "tasks", "run", dag_id, task_id, run_id, "--local", "--subdir",
                   "DAGS_FOLDER/nightly_etl.py"]
        tasks.append(Task(dag_id, task_id, run_id,
                          title=f"airflow task runner: {dag_id} {task_id} {run_id} {700 + number}",
                          supervisor=f"airflow task supervisor: {command}"))
    return tasks


def tasks_of_airflow_3(sandbox: Sandbox, count: int) -> list[Task]:
    """Rows of running task instances, and titles that name them by their ids alone."""
    dag_id, run_id = "shop_orders", "manual__2026-11-22T04:00:00+00:00"
    connection = sandbox.connect()
    tasks = []
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO dag_run (dag_id, run_id, run_type, state, queued_at, start_date, "
            "clear_number, logical_date, run_after, span_status) VALUES "
            "(%s, %s, 'manual', 'running', now(), now(), 0, now(), now(), 'not_started')",
            (dag_id, run_id))
        for number in range(count):
            key = str(uuid.uuid4())
            cursor.execute(
                "INSERT INTO task_instance (id, dag_id, task_id, run_id, state, try_number, pool, "
                "queue, start_date, last_heartbeat_at, hostname, unixname) VALUES "
                "(%s, %s, %s, %s, 'running', 1, 'default_pool', 'default', now(), now(), 'test', "
                "'airflow')", (key, dag_id, f"count_{number}", run_id))
            tasks.append(Task(dag_id, f"count_{number}", run_id, title=f"airflow worker -- {key}"))
    connection.close()
    return tasks


def test_twenty_kills_are_attributed_to_component_container_dag_and_task(
        start_exporter, sandbox: Sandbox, tmp_path: Path):
    old, new = tasks_of_airflow_2(10), tasks_of_airflow_3(sandbox, 10)
    with docker_cgroup() as first, docker_cgroup() as second, \
            engine(tmp_path / "docker.sock", {first.container_id: "etl-airflow-worker-1",
                                              second.container_id: "shop-airflow-worker-1"}) as socket, \
            worker(first, old), worker(second, new):
        exporter = start_exporter(f"--container.docker-socket={socket}",
                                  "--collector.metadata.cadence=2s", **sandbox.airflow_settings)
        containers = {"etl-airflow-worker-1": old, "shop-airflow-worker-1": new}
        wait_until_known(exporter)
        for name in containers:  # A counter that begins with 1 would have no increase.
            assert counted(exporter, component="task", container=name, scope="cgroup") == 0
            assert exporter.values("airflow_oom_kills_total", component="task", container=name)
        begin = time.time()
        for pair in zip(old, new):
            for task in pair:
                have_killed(task.pid)
        end = time.time()
        pids = {task.pid for task in old + new}
        until(lambda: len(kills_of(exporter, pids)) == 20, 20, "twenty kills are known")
        until(lambda: all(kill["dag_id"] for kill in kills_of(exporter, pids).values()), 40,
              "twenty kills have a dag")
        kills = kills_of(exporter, pids)
        for name, tasks in containers.items():
            for task in tasks:
                kill = kills[task.pid]
                assert kill["component"] == "task"
                assert kill["container"] == name
                assert (kill["dag_id"], kill["task_id"], kill["run_id"]) == \
                    (task.dag_id, task.task_id, task.run_id)
                assert kill["scope"] == "cgroup"
                assert kill["before_start"] is False
                assert begin - 1 <= kill["timestamp_seconds"] <= end + 1
                # It shares some pages with its parents, to whose account they go.
                assert 10 * MEBIBYTE < kill["anon_rss_bytes"] < LIMIT_BYTES + 32 * MEBIBYTE
            until(lambda: counted(exporter, component="task", container=name, scope="cgroup") == 10,
                  20, f"ten kills in {name} are counted")
        assert exporter.value("airflow_oom_last_kill_timestamp_seconds") >= begin - 1
        page = exporter.get("/").text
        assert "Killed for want of memory" in page and "shop_orders" in page
        assert "DAGS_FOLDER" not in page + exporter.get(KILLS_PATH).text  # No command lines.


def test_what_a_task_has_started_belongs_to_the_task(start_exporter, tmp_path: Path):
    tasks = tasks_of_airflow_2(1)
    with docker_cgroup() as cgroup, worker(cgroup, tasks) as process, \
            engine(tmp_path / "docker.sock", {cgroup.container_id: "parent-worker-1"}) as socket:
        exporter = start_exporter(f"--container.docker-socket={socket}")
        os.kill(tasks[0].pid, signal.SIGUSR2)
        child = json.loads(process.stdout.readline())["pid"]
        wait_until_known(exporter)
        have_killed(child)
        until(lambda: child in kills_of(exporter, {child}), 20, "the kill is known")
        until(lambda: kills_of(exporter, {child})[child]["component"] == "task", 20, "whose it was")
        kill = kills_of(exporter, {child})[child]
        assert (kill["dag_id"], kill["task_id"]) == (tasks[0].dag_id, tasks[0].task_id)
        assert kill["container"] == "parent-worker-1"


def test_kills_before_the_start_are_known_and_not_counted(start_exporter):
    with docker_cgroup() as cgroup:
        before = kill_in(cgroup)
        exporter = start_exporter("--container.docker-socket=")
        kill = kills_of(exporter, {before})[before]
        assert kill["before_start"] is True
        after = kill_in(cgroup)
        until(lambda: counted(exporter, container=cgroup.container_id[:12]) == 1, 30,
              "the later kill is counted")
        kills = kills_of(exporter, {before, after})
        assert kills[before]["before_start"] is True and kills[after]["before_start"] is False
        assert kills[after]["cgroup"] == cgroup.path
        assert counted(exporter, container=cgroup.container_id[:12]) == 1


FORGED = (
    "oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=/,mems_allowed=0,oom_memcg=/forged,"
    "task_memcg=/forged,task=forged,pid=4194303,uid=0",
    "Memory cgroup out of memory: Killed process 4194303 (forged) total-vm:1kB, anon-rss:1kB, "
    "file-rss:0kB, shmem-rss:0kB, UID:0 pgtables:0kB oom_score_adj:0",
)


@contextmanager
def unlimited_writing() -> Iterator[None]:
    """/dev/kmsg takes whatever is written, however fast."""
    switch = Path("/proc/sys/kernel/printk_devkmsg")
    before = switch.read_text()
    switch.write_text("on\n")  # The kernel wants the newline.
    try:
        yield
    finally:
        switch.write_text(before)


def test_forged_lines_are_without_effect(start_exporter):
    exporter = start_exporter()
    with docker_cgroup() as cgroup, KMSG.open("wb", buffering=0) as log:
        for line in FORGED:
            for priority in (0, 3, 6):
                log.write(f"<{priority}>{line}\n".encode())
        real = kill_in(cgroup)  # Logged later, so when it is known the forged ones have been read.
        until(lambda: real in kills_of(exporter, {real}), 20, "the real kill is known")
        assert kills_of(exporter, {4194303}) == {}


def test_an_overflow_of_the_log_does_no_harm(start_exporter):
    exporter = start_exporter()
    with docker_cgroup() as cgroup, unlimited_writing():
        os.kill(exporter.pid, signal.SIGSTOP)
        with KMSG.open("wb", buffering=0) as log:
            for number in range(20_000):
                log.write(f"<7>airflow-host-exporter test: line {number} {'.' * 200}\n".encode())
        os.kill(exporter.pid, signal.SIGCONT)
        until(lambda: json.loads(exporter.get(KILLS_PATH).text)["log_records_lost"] > 0, 20,
              "the exporter knows that records were lost")
        pid = kill_in(cgroup)
        until(lambda: counted(exporter, container=cgroup.container_id[:12]) == 1, 30,
              "a later kill is counted")
        assert pid in kills_of(exporter, {pid})
        assert exporter.value("airflow_host_exporter_collector_success", collector="oom") == 1


@contextmanager
def restricted_log() -> Iterator[None]:
    switch = Path("/proc/sys/kernel/dmesg_restrict")
    before = switch.read_text()
    switch.write_text("1")
    try:
        yield
    finally:
        switch.write_text(before)


@contextmanager
def exporter_without_the_right(folder: Path, *flags: str) -> Iterator[Exporter]:
    port = free_port()
    path = folder / "restricted.log"
    with path.open("wb") as log:
        process = subprocess.Popen(
            ["setpriv", "--bounding-set", "-syslog,-sys_admin", str(BINARY),
             f"--web.listen-address=127.0.0.1:{port}", *FLAGS, *flags],
            env=plain_environment(folder), cwd="/", stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    exporter = Exporter(process, port, path)
    try:
        until(exporter.is_ready, 60, "/readyz")
        yield exporter
    finally:
        exporter.stop()


def test_without_the_right_it_says_which_and_counts_by_cgroup(tmp_path: Path):
    name = "quiet-airflow-worker-1"
    with restricted_log(), docker_cgroup() as cgroup, worker(cgroup, []), \
            engine(tmp_path / "docker.sock", {cgroup.container_id: name}) as socket, \
            exporter_without_the_right(tmp_path, f"--container.docker-socket={socket}",
                                       "--collector.container.cadence=1s") as exporter:
        page = exporter.get("/").text
        assert "CAP_SYSLOG" in page and "--device=/dev/kmsg" in page
        answer = json.loads(exporter.get(KILLS_PATH).text)
        assert answer["log_readable"] is False and "CAP_SYSLOG" in answer["log_problem"]
        assert answer["kills"] == []
        wait_until_known(exporter)
        component = "celery_worker"
        until(lambda: exporter.value("airflow_container_info", container=name,
                                     component=component) == 1, 20, "what the container is for")
        for _ in range(2):
            kill_in(cgroup)
        until(lambda: counted(exporter, component=component, container=name,
                              scope="cgroup") == 2, 20,
              "both kills are counted by the container's events")
        # The host's count has them too, and must not count them again.
        time.sleep(15)
        assert counted(exporter, container=name) == 2
        assert exporter.values("airflow_oom_last_kill_timestamp_seconds")


def test_a_kill_outside_containers_is_counted_without_the_log(tmp_path: Path):
    with restricted_log(), limited_cgroup(f"/oom-test-{uuid.uuid4().hex[:8]}") as cgroup, \
            exporter_without_the_right(tmp_path) as exporter:
        wait_until_known(exporter)
        assert counted(exporter, scope="unknown") == 0
        kill_in(cgroup)
        until(lambda: counted(exporter, component="unknown", scope="unknown") >= 1, 40,
              "the kill is counted by /proc/vmstat")


def test_the_page_is_only_read(start_exporter):
    exporter = start_exporter()
    answer = exporter.get(KILLS_PATH)
    assert answer.headers["content-type"] == "application/json"
    assert exporter.get(KILLS_PATH, method="HEAD").status == 200
    assert exporter.get(KILLS_PATH, method="POST", data=b"x").status == 405
    packed = exporter.get(KILLS_PATH, headers={"Accept-Encoding": "gzip"})
    assert packed.status == 200
