"""The host's metrics where only the real thing can show them: a frozen program, a /proc that hides
most of itself, a host that thrashes."""

import mmap
import os
import random
import signal
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Iterator

import pytest

from conftest import Exporter, until

MEBIBYTE = 2**20
LIMIT = 96 * MEBIBYTE
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root")


def test_a_freeze_of_five_seconds_shows_four_to_six(start_exporter):
    exporter = start_exporter()
    before = exporter.value("airflow_host_stall_seconds_total")
    assert before is not None
    exporter.process.send_signal(signal.SIGSTOP)
    time.sleep(5)
    exporter.process.send_signal(signal.SIGCONT)
    until(lambda: (exporter.value("airflow_host_stall_seconds_total") or 0) > before, 10, "a stall")
    time.sleep(2)  # It is not counted twice.
    stalled = exporter.value("airflow_host_stall_seconds_total")
    assert stalled is not None and 4 <= stalled - before <= 6


@needs_root
def test_a_proc_that_shows_processes_only_is_named(start_exporter, tmp_path: Path):
    folder = tmp_path / "proc"
    folder.mkdir()
    command = ["mount", "-t", "proc", "-o", "subset=pid,hidepid=invisible", "proc", str(folder)]
    mounted = subprocess.run(command, capture_output=True, text=True, check=False)
    if mounted.returncode != 0:
        pytest.skip(f"this kernel mounts no such /proc: {mounted.stderr.strip()}")
    try:
        exporter = start_exporter(f"--path.procfs={folder}")
        assert exporter.value("airflow_host_exporter_collector_success", collector="host") == 0
        names = {sample.name for sample in exporter.samples()}
        assert not [name for name in names if name.startswith("airflow_host_memory_")]
        assert not {"airflow_host_thrashing", "airflow_host_swap_recommended_bytes"} & names
        assert "--path.procfs" in exporter.get("/").text
        exporter.stop()
    finally:
        subprocess.run(["umount", str(folder)], check=True)


class LimitedCgroup:
    """A memory cgroup (v1 or v2) that may hold LIMIT bytes, and the rest of its processes in swap."""

    def __init__(self) -> None:
        first, second = Path("/sys/fs/cgroup/memory"), Path("/sys/fs/cgroup")
        parent, limit = (first, "memory.limit_in_bytes") if first.is_dir() else (second, "memory.max")
        self.folder = parent / f"airflow-host-test-{os.getpid()}"
        try:
            self.folder.mkdir()
            (self.folder / limit).write_text(str(LIMIT))
        except OSError as error:
            pytest.skip(f"no cgroup can be made here: {error}")
        self._workers: list[subprocess.Popen] = []

    @contextmanager
    def running(self, work: str, *arguments: str, count: int = 1) -> Iterator[None]:
        """While this lasts, `count` processes do `work` (a function of this file) inside."""
        command = [sys.executable, str(Path(__file__)), str(self.folder), work, *arguments]
        workers = [subprocess.Popen(command) for _ in range(count)]
        try:
            yield
            assert all(worker.poll() is None for worker in workers), "the work has ended early"
        finally:
            for worker in workers:
                worker.kill()
                worker.wait()

    def remove(self) -> None:
        until(lambda: not (self.folder / "cgroup.procs").read_text(), 10, "an empty cgroup")
        self.folder.rmdir()


@pytest.fixture
def limited_cgroup() -> Iterator[LimitedCgroup]:
    cgroup = LimitedCgroup()
    yield cgroup
    cgroup.remove()


@pytest.fixture
def swap_file(tmp_path: Path) -> Iterator[Path]:
    """A gibibyte of swap, on a disk and not in memory."""
    file = tmp_path / "swap file"
    with ExitStack() as stack:
        for command in (["fallocate", "-l", "1G"], ["chmod", "600"], ["mkswap"], ["swapon"]):
            run = subprocess.run([*command, str(file)], capture_output=True, text=True, check=False)
            if run.returncode != 0:
                pytest.skip(f"{command[0]} is not possible here: {run.stderr.strip()}")
        stack.callback(subprocess.run, ["swapoff", str(file)], check=True)
        yield file


@needs_root
@pytest.mark.skipif(not Path("/proc/pressure/memory").exists(), reason="this kernel has no PSI")
def test_real_thrashing_is_seen_and_its_end_too(start_exporter, limited_cgroup: LimitedCgroup,
                                                swap_file: Path, tmp_path: Path):
    exporter: Exporter = start_exporter()

    def thrashing() -> object:
        return exporter.value("airflow_host_thrashing")

    assert exporter.value("airflow_host_swap_device_size_bytes", device=str(swap_file))
    until(lambda: thrashing() == 0, 30, "a quiet host does not thrash")

    large = tmp_path / "large"
    with large.open("wb") as file:
        for _ in range(3 * LIMIT // MEBIBYTE):
            file.write(os.urandom(MEBIBYTE))
        os.fsync(file.fileno())
        # Out of the cache, so that the cgroup's own readers are charged for it.
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    refaults = exporter.value("airflow_host_refaults_total", kind="file")
    with limited_cgroup.running("read_again_and_again", str(large)):
        for _ in range(20):
            time.sleep(1)
            assert thrashing() == 0, "reading a large file is no thrashing"
    read_again = exporter.value("airflow_host_refaults_total", kind="file")
    assert read_again is not None and refaults is not None and read_again > refaults + 1000

    # Six times the memory: a fast disk brings the half of it back before anybody waits for long.
    with limited_cgroup.running("touch_at_random", str(LIMIT), count=6):
        until(lambda: thrashing() == 1, 60, "thrashing")
    until(lambda: thrashing() == 0, 60, "the end of thrashing")


def read_again_and_again(path: str) -> None:
    """Streams a file that is larger than the memory through the page cache."""
    while True:
        with open(path, "rb", buffering=0) as file:
            while file.read(MEBIBYTE):
                pass


def touch_at_random(size: str) -> None:
    """Needs `size` bytes of memory, all of it all the time."""
    memory = mmap.mmap(-1, int(size))
    pages = int(size) // mmap.PAGESIZE
    chance = random.Random(os.getpid())
    while True:
        memory[chance.randrange(pages) * mmap.PAGESIZE] = 1


if __name__ == "__main__":
    Path(sys.argv[1], "cgroup.procs").write_text(str(os.getpid()))
    {"read_again_and_again": read_again_and_again,
     "touch_at_random": touch_at_random}[sys.argv[2]](*sys.argv[3:])
