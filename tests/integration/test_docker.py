"""The page says what a real Docker engine's containers are given and what their cgroups say.

The engine is the test's own: its socket, its data and its cgroups are in a folder and below a cgroup
of this test, and are gone after it. Its image is one static busybox.
"""

import os
import shutil
import signal
import subprocess
import tarfile
from pathlib import Path
from typing import Callable, Iterator, Optional

import pytest

from conftest import Exporter, until

FLAGS = ("--collector.disable-defaults", "--collector.container", "--collector.container.cadence=1s",
         "--container.podman-socket=")
IMAGE = "busybox:test"
BUSYBOX = "/bin/busybox"
PROJECT = "proj"
MEBIBYTE = 2**20
CGROUPS = Path("/sys/fs/cgroup")
START_SECONDS = 30
SEEN_SECONDS = 15
# Holds 20 MiB in a variable, 8 MiB in a file in memory, and a child. Before it is ready it holds more
# for moments, and would be the kernel's choice.
IDLER = ("x=$(busybox dd if=/dev/zero bs=1M count=20 2>/dev/null | busybox tr '\\0' x); "
         "busybox dd if=/dev/zero of=/dev/shm/file bs=1M count=8 2>/dev/null; "
         "echo ready; busybox sleep 1000 & wait; while :; do busybox sleep 1000; done")
# Takes 200 MiB at once.
GLUTTON = ("busybox", "dd", "if=/dev/zero", "of=/dev/null", "bs=200M", "count=1")


class Engine:
    """A running Docker engine, and what is asked of it."""

    def __init__(self, folder: Path, process: subprocess.Popen) -> None:
        self.process = process
        self.socket = folder / "docker.sock"
        self.cgroup_parent = f"/airflow-host-test-{os.getpid()}"

    def docker(self, *arguments: str, check: bool = True) -> str:
        result = subprocess.run(["docker", "-H", f"unix://{self.socket}", *arguments],
                                capture_output=True, text=True, timeout=60, check=False)
        if check:
            assert result.returncode == 0, f"docker {arguments}: {result.stderr}"
        return result.stdout.strip()

    def run(self, service: str, *options: str, number: int = 1) -> str:
        """Starts a container as compose would; its name."""
        name = f"{PROJECT}-{service}-{number}"
        self.docker("run", "--detach", "--name", name, "--network=host",
                    f"--cgroup-parent={self.cgroup_parent}",
                    f"--label=com.docker.compose.project={PROJECT}",
                    f"--label=com.docker.compose.service={service}", *options,
                    IMAGE, "busybox", "sh", "-c", IDLER)
        until(lambda: self.docker("logs", name) == "ready", SEEN_SECONDS, f"{name} is ready")
        return name

    def kill_for_want_of_memory(self, name: str) -> None:
        """Has the kernel kill a process of the container, which goes on."""
        self.docker("exec", name, *GLUTTON, check=False)

    def cgroup(self, name: str) -> Path:
        """The directory of the container's memory cgroup."""
        pid = self.docker("inspect", "--format={{.State.Pid}}", name)
        for line in Path(f"/proc/{pid}/cgroup").read_text().splitlines():
            _, controllers, path = line.split(":", 2)
            if "memory" in controllers.split(","):
                return CGROUPS / "memory" / path.lstrip("/")
            if not controllers and is_version_2():
                return CGROUPS / path.lstrip("/")
        raise AssertionError(f"{name} has no memory cgroup")

    def is_ready(self) -> bool:
        return self.process.poll() is not None or bool(
            self.docker("version", "--format={{.Server.Version}}", check=False))


def is_version_2() -> bool:
    controllers = CGROUPS / "cgroup.controllers"
    return controllers.exists() and "memory" in controllers.read_text().split()


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    for program in ("dockerd", "docker", "runc", BUSYBOX):
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not installed (deploy/install-dependencies.sh test).")
    if os.geteuid() != 0:
        pytest.skip("Only root can run a Docker engine.")
    # A short path: a unix socket's may not be long.
    folder = Path(subprocess.check_output(["mktemp", "-d", "/tmp/docker-XXXXXX"], text=True).strip())
    log = tmp_path_factory.mktemp("docker") / "log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            ["dockerd", "--bridge=none", "--iptables=false", "--ip6tables=false",
             "--storage-driver=vfs", "--exec-opt=native.cgroupdriver=cgroupfs",
             f"--data-root={folder}/data", f"--exec-root={folder}/exec",
             f"--pidfile={folder}/pid", f"--host=unix://{folder}/docker.sock"],
            stdin=subprocess.DEVNULL, stdout=output, stderr=output)
    engine = Engine(folder, process)
    try:
        until(engine.is_ready, START_SECONDS, "the Docker engine")
        if process.poll() is not None:
            pytest.skip(f"No Docker engine can run here: {log.read_text().splitlines()[-1]}")
        import_image(engine, folder)
        yield engine
    finally:
        stop(engine)
        unmount_below(folder)
        shutil.rmtree(folder)


def import_image(engine: Engine, folder: Path) -> None:
    archive = folder / "image.tar"
    with tarfile.open(archive, "w") as tar:
        tar.add(BUSYBOX, "bin/busybox")
    engine.docker("import", str(archive), IMAGE)


def stop(engine: Engine) -> None:
    """Ends the engine with all its containers, and removes the cgroups that it leaves behind."""
    process = engine.process
    if process.poll() is None:
        process.send_signal(signal.SIGCONT)
        remove_all(engine)
        process.terminate()
        process.wait(30)
    for directory in [CGROUPS / engine.cgroup_parent.lstrip("/"),
                      *CGROUPS.glob(f"*{engine.cgroup_parent}")]:
        if directory.is_dir():
            directory.rmdir()


def unmount_below(folder: Path) -> None:
    """The engine leaves the host's network namespace mounted in its folder."""
    targets = [line.split()[1] for line in Path("/proc/mounts").read_text().splitlines()]
    for target in reversed(targets):
        if target.startswith(f"{folder}/"):
            subprocess.run(["umount", target], check=True)


def remove_all(engine: Engine) -> None:
    names = engine.docker("ps", "--all", "--quiet", check=False).split()
    if names:
        engine.docker("rm", "--force", *names, check=False)


@pytest.fixture
def exporter(engine: Engine, start_exporter: Callable[..., Exporter]) -> Iterator[Exporter]:
    """Watches the engine; its containers end with the test."""
    yield start_exporter(*FLAGS, f"--container.docker-socket={engine.socket}")
    remove_all(engine)


def value(exporter: Exporter, container: str, metric: str, **labels: str) -> Optional[float]:
    """Of the one container with this name."""
    return exporter.value(f"airflow_container_{metric}", container=container, **labels)


def wait_for(exporter: Exporter, container: str, metric: str, expected: float) -> None:
    until(lambda: value(exporter, container, metric) == expected, SEEN_SECONDS,
          f"{metric} of {container} is {expected}")


def number(file: Path) -> float:
    return float(file.read_text())


def statistic(cgroup: Path, field: str) -> float:
    fields = dict(line.split() for line in (cgroup / "memory.stat").read_text().splitlines())
    return float(fields[field])


def figures(cgroup: Path) -> dict[str, float]:
    """What the kernel says of a container, by our names."""
    if is_version_2():
        parts = {name: statistic(cgroup, name) for name in ("anon", "file")}
        return parts | {name: statistic(cgroup, name)
                        for name in ("slab_reclaimable", "slab_unreclaimable", "kernel")} | {
            "usage": number(cgroup / "memory.current"),
            "working_set": number(cgroup / "memory.current") - statistic(cgroup, "inactive_file")}
    usage = number(cgroup / "memory.usage_in_bytes")
    return {"usage": usage, "working_set": usage - statistic(cgroup, "total_inactive_file"),
            "anon": statistic(cgroup, "total_rss"), "file": statistic(cgroup, "total_cache"),
            "swap": statistic(cgroup, "total_swap"),
            "peak": number(cgroup / "memory.max_usage_in_bytes"),
            "kernel": number(cgroup / "memory.kmem.usage_in_bytes")}


def test_the_figures_are_the_engines_and_the_kernels(engine: Engine, exporter: Exporter):
    limited = engine.run("worker", "--memory=128m", "--memory-swap=192m")
    second = engine.run("worker", "--memory=256m", number=2)
    free = engine.run("scheduler")
    for name, service in ((limited, "worker"), (second, "worker"), (free, "scheduler")):
        until(lambda: value(exporter, name, "info") == 1, SEEN_SECONDS, f"{name} is seen")
        assert value(exporter, name, "info", compose_project=PROJECT, compose_service=service,
                     runtime="docker") == 1

    assert value(exporter, limited, "memory_limit_bytes") == 128 * MEBIBYTE
    assert value(exporter, second, "memory_limit_bytes") == 256 * MEBIBYTE
    assert value(exporter, free, "memory_limit_bytes") is None, "unlimited is absent"
    if Path("/sys/fs/cgroup/memory/memory.memsw.limit_in_bytes").exists() or is_version_2():
        assert value(exporter, limited, "memory_swap_limit_bytes") == 64 * MEBIBYTE
        assert value(exporter, free, "memory_swap_limit_bytes") is None
    wait_for(exporter, limited, "processes", 2)

    for name in (limited, free):
        cgroup = engine.cgroup(name)
        until(lambda: figures(cgroup) == {
            metric: value(exporter, name, f"memory_{metric}_bytes") for metric in figures(cgroup)},
            SEEN_SECONDS, f"the memory of {name} is as its cgroup says")
        assert value(exporter, name, "memory_anon_bytes") >= 20 * MEBIBYTE
        assert value(exporter, name, "memory_file_bytes") >= 8 * MEBIBYTE
        assert value(exporter, name, "oom_kills_total") == 0
        assert value(exporter, name, "restarts_total") == 0


def test_kills_and_restarts_outlive_the_container(engine: Engine, exporter: Exporter):
    # Not with as little for memory and swap together: Linux 6.18 counts no hit of that limit.
    options = ("--memory=64m",)
    name = engine.run("worker", *options)
    wait_for(exporter, name, "oom_kills_total", 0)
    engine.kill_for_want_of_memory(name)
    wait_for(exporter, name, "oom_kills_total", 1)
    assert value(exporter, name, "memory_events_total", event="oom_kill") == 1
    assert value(exporter, name, "restarts_total") == 0
    hits = value(exporter, name, "memory_events_total", event="max")
    assert hits is not None and hits > 0

    begun = value(exporter, name, "start_timestamp_seconds")
    engine.docker("restart", "--time=0", name)  # The same id, another cgroup.
    wait_for(exporter, name, "restarts_total", 1)
    assert value(exporter, name, "oom_kills_total") == 1
    assert value(exporter, name, "memory_events_total", event="max") >= hits
    assert value(exporter, name, "start_timestamp_seconds") > begun

    engine.docker("rm", "--force", name)
    until(lambda: value(exporter, name, "info") is None, SEEN_SECONDS, f"{name} is gone")
    engine.run("worker", *options)  # The same name, another id.
    wait_for(exporter, name, "restarts_total", 2)
    assert value(exporter, name, "oom_kills_total") == 1
    engine.kill_for_want_of_memory(name)
    wait_for(exporter, name, "oom_kills_total", 2)

    engine.docker("rm", "--force", name)  # Gone and back within one cadence, most likely.
    engine.run("worker", *options)
    wait_for(exporter, name, "restarts_total", 3)
    assert value(exporter, name, "oom_kills_total") == 2


def test_an_engine_that_hangs_hides_nothing_but_new_names(engine: Engine, exporter: Exporter):
    name = engine.run("triggerer")
    wait_for(exporter, name, "processes", 2)
    cgroup = engine.cgroup(name)
    unknown = cgroup.parent / ("c0ffee" + os.urandom(29).hex())  # As if it were just started.
    engine.process.send_signal(signal.SIGSTOP)
    guest = subprocess.Popen(["sleep", "1000"])
    try:
        (cgroup / "cgroup.procs").write_text(str(guest.pid))
        unknown.mkdir()
        wait_for(exporter, name, "processes", 3)
        wait_for(exporter, unknown.name[:12], "processes", 0)
        success = exporter.value("airflow_host_exporter_collector_success", collector="container")
        assert success == 1
        problem = "did not answer in time"
        until(lambda: problem in exporter.get("/").text, SEEN_SECONDS, f"/ says {problem!r}")
    finally:
        engine.process.send_signal(signal.SIGCONT)
        guest.kill()
        guest.wait()
        if unknown.exists():
            unknown.rmdir()
    wait_for(exporter, name, "processes", 2)
