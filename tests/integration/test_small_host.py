"""How many tasks a small host bears: the first story's, of 3.8 GiB and no swap, with all of Airflow on it.

The exporter reads a tree of /proc that is made for this from a recorded one: the worker is configured
for 16 tasks at once and has its 16 pool children, and 577 MiB are available before anything runs.
"""

import re
import shutil
from pathlib import Path
from typing import Callable, Optional

import pytest

from conftest import REPOSITORY, Exporter, until

RECORDED = REPOSITORY / "tests" / "fixtures" / "debian12-cgroup2"
MIB = 1024  # in kB
AVAILABLE_WHEN_IDLE = 577
WORKER, POOL_CHILD = 1610, 1621
# A task of Airflow 3 and the shell and Python below it, in MiB: 220 together.
TASK = {22017: 60, 22030: 2, 22031: 158}
RECOMMENDED = "airflow_worker_concurrency_recommended"
HEADROOM = "airflow_host_task_headroom"


def set_field(path: Path, name: str, kibibytes: int) -> None:
    """Sets one line of a file like /proc/meminfo, in place: the exporter keeps it open."""
    with path.open("r+b") as file:
        content = file.read()
        line = re.search(rb"^%s:.*$" % name.encode(), content, flags=re.M)
        assert line, f"{path} has no {name}"
        value = b" %d kB" % kibibytes
        file.seek(line.start())
        file.write(name.encode() + b":" + value.rjust(len(line.group()) - len(name) - 1))


class SmallHost:
    """Its /proc and /sys."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "host"
        shutil.copytree(RECORDED, self.folder, symlinks=True)
        self.proc = self.folder / "proc"
        self.without_swap()
        for limit in self.folder.glob("sys/fs/cgroup/system.slice/*/memory.max"):
            limit.write_text("max\n")
        self.configure_worker(16)
        for pid, held in TASK.items():
            self.has_memory(pid, resident=held, proportional=held, private=held)

    def without_swap(self) -> None:
        for field in ("SwapTotal", "SwapFree", "SwapCached"):
            set_field(self.proc / "meminfo", field, 0)
        (self.proc / "swaps").write_text("Filename\tType\tSize\tUsed\tPriority\n")

    def configure_worker(self, concurrency: int) -> None:
        title = self.proc / str(WORKER) / "cmdline"
        title.write_bytes(title.read_bytes().replace(b"--concurrency 2",
                                                     b"--concurrency %d" % concurrency))
        for number in range(1, concurrency + 1):
            pid = POOL_CHILD - 1 + number if number <= 2 else 3000 + number
            if number > 2:
                self.copy_pool_child(pid, number)
            self.has_memory(pid, resident=45, proportional=10, private=7)

    def copy_pool_child(self, pid: int, number: int) -> None:
        folder = self.proc / str(pid)
        shutil.copytree(self.proc / str(POOL_CHILD), folder)
        for name in ("stat", "status"):
            text = (folder / name).read_text()
            (folder / name).write_text(re.sub(rf"\b{POOL_CHILD}\b", str(pid), text))
        title = (folder / "cmdline").read_bytes()
        (folder / "cmdline").write_bytes(title.replace(b"Worker-1]", b"Worker-%d]" % number))

    def has_memory(self, pid: int, resident: int, proportional: int, private: int) -> None:
        set_field(self.proc / str(pid) / "status", "VmRSS", resident * MIB)
        set_field(self.proc / str(pid) / "status", "VmSwap", 0)
        (self.proc / str(pid) / "smaps_rollup").write_text(
            "55d0a0000000-7ffd00000000 ---p 00000000 00:00 0                          [rollup]\n"
            f"Rss: {resident * MIB} kB\nPss: {proportional * MIB} kB\n"
            f"Private_Clean: 0 kB\nPrivate_Dirty: {private * MIB} kB\n")

    def has_available(self, mebibytes: int) -> None:
        set_field(self.proc / "meminfo", "MemAvailable", mebibytes * MIB)

    def end_task(self) -> None:
        for pid in TASK:
            shutil.rmtree(self.proc / str(pid))

    def start(self, start_exporter: Callable[..., Exporter]) -> Exporter:
        return start_exporter(
            f"--path.procfs={self.proc}", f"--path.sysfs={self.folder / 'sys'}",
            f"--path.rootfs={self.folder}", f"--path.kmsg={self.folder / 'dev/kmsg'}",
            "--container.docker-socket=", "--container.podman-socket=",
            "--collector.host.cadence=500ms", "--collector.component.cadence=1s",
            "--component.pss-budget=50")


@pytest.fixture
def small_host(tmp_path: Path) -> SmallHost:
    return SmallHost(tmp_path)


def test_it_bears_two_of_the_sixteen_and_never_more_when_memory_shrinks(
        start_exporter: Callable[..., Exporter], small_host: SmallHost):
    small_host.has_available(AVAILABLE_WHEN_IDLE - sum(TASK.values()))
    exporter = small_host.start(start_exporter)
    until(lambda: [exporter.value(RECOMMENDED), exporter.value(HEADROOM)] == [2, 1], 60,
          "two tasks at once, of which one runs")
    assert "16 configured, the host bears 2" in exporter.get("/").text
    small_host.end_task()
    small_host.has_available(AVAILABLE_WHEN_IDLE)
    until(lambda: exporter.value(HEADROOM) == 2, 60, "room for both")
    assert exporter.value(RECOMMENDED) == 2
    for available, bears in ((400, 1), (150, 0)):
        small_host.has_available(available)
        falls_to(bears, exporter)
    assert exporter.value(HEADROOM) == 0
    assert "16 configured, the host bears not even one" in exporter.get("/").text


def falls_to(bears: int, exporter: Exporter) -> None:
    last: Optional[float] = exporter.value(RECOMMENDED)

    def reached() -> bool:
        nonlocal last
        seen = exporter.value(RECOMMENDED)
        assert seen is not None and last is not None and seen <= last, "it rises"
        last = seen
        return seen == bears

    until(reached, 90, f"{bears} tasks at once")
