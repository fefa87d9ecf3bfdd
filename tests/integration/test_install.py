"""What is installed is read from real processes' own roots, with and without the right to."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import Iterator

import pytest

import conftest
from conftest import Exporter, Sample, running_exporter, until

FAST = "--collector.component.cadence=1s"
VERSION = f"{sys.version_info.major}.{sys.version_info.minor}"
SECRET = "correct-horse-battery"
AIRFLOW_USER = 50000  # As in the official image.
STRANGER = 54321
NEEDS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="needs root to be several users")


def write(path: Path, text: str = "") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def make_environment(folder: Path, version: str, provider: str) -> Path:
    """A virtual environment with an `airflow` that sleeps; the path of that program."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    packages = folder / "lib" / f"python{VERSION}" / "site-packages"
    write(packages / f"apache_airflow-{version}.dist-info" / "METADATA")
    write(packages / f"apache_airflow_providers_celery-{provider}.dist-info" / "METADATA")
    program = folder / "bin" / "airflow"
    write(program, f"#!{folder}/bin/python3\nimport time\ntime.sleep(600)\n")
    program.chmod(0o755)
    return program


@contextmanager
def running(command: list[str], **options) -> Iterator[subprocess.Popen]:
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, cwd="/", **options)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def procfs_of(folder: Path, *pids: int) -> str:
    """The flag for a /proc in which no other processes are: others' Airflows may run here too."""
    procfs = folder / "proc"
    procfs.mkdir()
    for name in os.listdir("/proc"):
        if not name.isdigit() or int(name) in (1, *pids):
            (procfs / name).symlink_to(f"/proc/{name}")
    return f"--path.procfs={procfs}"


def installs(exporter: Exporter, version: str) -> list[Sample]:
    return [sample for sample in exporter.samples()
            if sample.name == "airflow_install_info" and sample.labels["version"] == version]


def wait_for_install(exporter: Exporter, version: str) -> dict[str, str]:
    until(lambda: bool(installs(exporter, version)), 30, f"airflow_install_info of {version}")
    found = installs(exporter, version)
    assert len(found) == 1, found
    assert found[0].value == 1
    return found[0].labels


def settings(exporter: Exporter) -> dict[str, float]:
    return {sample.labels["name"]: sample.value for sample in exporter.samples()
            if sample.name == "airflow_install_setting"}


def test_a_virtual_environment(start_exporter, tmp_path: Path):
    """Versions by names, the executor by environment, the rest by airflow.cfg."""
    program = make_environment(tmp_path / "venv", "9.9.9", "8.8.8")
    home = tmp_path / "home"
    write(home / "airflow.cfg", "[core]\nexecutor = LocalExecutor\nparallelism = 17\n"
          f"[database]\nsql_alchemy_conn = postgresql://u:{SECRET}@h/d\n"
          "[celery]\nworker_concurrency = 5\n[traces]\notel_on = True\n")
    environment = {"PATH": os.environ["PATH"], "AIRFLOW_HOME": str(home),
                   "AIRFLOW__CORE__EXECUTOR": "CeleryExecutor",
                   "AIRFLOW__SCHEDULER__NUM_RUNS": "7",
                   "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"postgresql://u:{SECRET}@h/d"}
    with running([str(program), "scheduler"], env=environment) as scheduler, \
            running([str(program), "celery", "worker"], env=environment) as worker:
        exporter = start_exporter(FAST, procfs_of(tmp_path, scheduler.pid, worker.pid))
        labels = wait_for_install(exporter, "9.9.9")
        assert labels["celery_provider"] == "8.8.8"
        assert labels["python"] == VERSION
        assert labels["executor"] == "CeleryExecutor"
        assert labels["source"] == (
            "dist-info:version,celery_provider exe:python environ:executor,num_runs "
            "airflow.cfg:parallelism,worker_concurrency,otel_traces default:sync_parallelism")
        until(lambda: exporter.value("airflow_worker_concurrency") == 5, 30, "the worker's 5")
        assert settings(exporter) == {"num_runs": 7, "parallelism": 17, "worker_concurrency": 5,
                                      "sync_parallelism": 0}
        assert exporter.value("airflow_install_otel_traces_enabled") == 1
        for path in ("/metrics", "/"):
            assert SECRET not in exporter.get(path).text
        assert SECRET not in exporter.log


def test_a_title_over_the_environment(start_exporter, tmp_path: Path):
    """A worker that has written its title over its environment: its parent's is read, and what
    the title left there is no variable."""
    program = make_environment(tmp_path / "venv", "9.9.8", "8.8.8")
    # What py-setproctitle does: one title over arguments and environment, zeros behind it.
    write(tmp_path / "worker.py", """
import ctypes, os, pathlib, sys, time
fields = open("/proc/self/stat").read().rsplit(")", 1)[1].split()
start, end = int(fields[45]), int(fields[48])  # arg_start, env_end
title = b"[celeryd: celery@here:MainProcess] -active- (celery worker)"
title += b" HOME=/forged" * ((int(fields[47]) - start + 60 - len(title)) // 13)  # Past env_start.
ctypes.memmove(start, title.ljust(end - start, b"\\0"), end - start)
part = pathlib.Path(sys.argv[1] + ".part")
part.write_text(str(os.getpid()))
part.rename(sys.argv[1])
time.sleep(600)
""")
    # A parent as dumb-init is in the image; airflow.cfg says something else than the variable.
    write(tmp_path / "parent.sh",
          f"{tmp_path}/venv/bin/python3 {tmp_path}/worker.py {tmp_path}/worker.pid; exit 0\n")
    write(tmp_path / "home" / "airflow.cfg", "[core]\nexecutor = LocalExecutor\nparallelism = 17\n")
    environment = {"PATH": os.environ["PATH"], "AIRFLOW_HOME": str(tmp_path / "home"),
                   "VIRTUAL_ENV": str(tmp_path / "venv"),
                   "AIRFLOW__CORE__EXECUTOR": "CeleryExecutor"}
    assert program.exists()
    with running(["/bin/sh", str(tmp_path / "parent.sh")], env=environment,
                 start_new_session=True) as parent:
        try:
            until((tmp_path / "worker.pid").exists, 30, "the worker with its title")
            worker = int((tmp_path / "worker.pid").read_text())
            assert b"/forged" in Path(f"/proc/{worker}/environ").read_bytes()
            exporter = start_exporter(FAST, procfs_of(tmp_path, parent.pid, worker))
            labels = wait_for_install(exporter, "9.9.8")
            assert labels["executor"] == "CeleryExecutor"
            assert "environ:executor" in labels["source"]
            assert "airflow.cfg:parallelism" in labels["source"]
            assert "default" not in labels["source"]
        finally:
            os.killpg(parent.pid, 9)


def has_fewer_rights(user: int) -> list[str]:
    """The words before a command that make it that user's, without any capability."""
    return ["setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups", "--inh-caps=-all",
            "--ambient-caps=-all", "--bounding-set=-all"]


def new_folder() -> Path:
    """One that other users may be let into; those of tmp_path lie below a private one."""
    return Path(tempfile.mkdtemp(prefix="install-"))


def make_image(root: Path) -> None:
    """A root as the official image 3.1.3's: no compiled standard library, root-owned folders."""
    python = root / "usr" / "python" / "bin" / f"python{VERSION}"
    python.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(os.path.realpath(sys.executable), python)
    libraries = subprocess.check_output(["ldd", str(python)], text=True)
    for word in libraries.split():
        if word.startswith("/"):
            target = root / word[1:]
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(os.path.realpath(word), target)
    stdlib = Path(os.__file__).parent
    shutil.copytree(stdlib, root / "usr" / "python" / "lib" / f"python{VERSION}",
                    ignore=shutil.ignore_patterns("*.pyc", "test", "site-packages",
                                                  "dist-packages", "idlelib", "ensurepip",
                                                  "config-*", "lib2to3", "tkinter"))
    packages = root / "home/airflow/.local/lib" / f"python{VERSION}" / "site-packages"
    write(packages / "apache_airflow_core-3.1.3.dist-info" / "METADATA")
    write(root / "home/airflow/.local/bin/airflow", "import time\ntime.sleep(600)\n")
    write(root / "etc/passwd", f"airflow:x:{AIRFLOW_USER}:0::/home/airflow:/bin/sh\n")
    (root / "proc").mkdir()
    for folder in [root, *root.rglob("*")]:
        if folder.is_dir() and not folder.is_symlink():
            folder.chmod(0o755)


@pytest.fixture
def image() -> Iterator[Path]:
    root = new_folder()
    make_image(root)
    yield root
    shutil.rmtree(root)


@contextmanager
def scheduler(image: Path, **variables: str) -> Iterator[subprocess.Popen]:
    """The image's scheduler, in its root and as its user; PYTHONHOME for the copied Python."""

    def enter() -> None:
        os.chroot(image)
        os.chdir("/")
        os.setgroups([])
        os.setgid(AIRFLOW_USER)
        os.setuid(AIRFLOW_USER)

    environment = {"PATH": "/usr/python/bin", "HOME": "/home/airflow", "PYTHONHOME": "/usr/python",
                   **variables}
    process = subprocess.Popen(
        [f"/usr/python/bin/python{VERSION}", "/home/airflow/.local/bin/airflow", "scheduler"],
        env=environment, stdin=subprocess.DEVNULL, preexec_fn=enter)
    try:
        time.sleep(0.5)
        assert process.poll() is None, "the image's Python does not run"
        yield process
    finally:
        process.kill()
        process.wait()


@NEEDS_ROOT
def test_the_image_without_compiled_library(start_exporter, image: Path, tmp_path: Path):
    with scheduler(image) as process:
        exporter = start_exporter(FAST, procfs_of(tmp_path, process.pid))
        labels = wait_for_install(exporter, "3.1.3")
        assert labels["python"] == VERSION
        assert labels["executor"] == "LocalExecutor"
        assert "default:executor" in labels["source"]
        assert exporter.value("airflow_install_stdlib_bytecode_missing") == 1


@NEEDS_ROOT
def test_the_image_with_compiled_library(start_exporter, image: Path, tmp_path: Path):
    cache = image / "usr/python/lib" / f"python{VERSION}" / "__pycache__"
    write(cache / f"os.cpython-{VERSION.replace('.', '')}.pyc")
    with scheduler(image) as process:
        exporter = start_exporter(FAST, procfs_of(tmp_path, process.pid))
        wait_for_install(exporter, "3.1.3")
        assert exporter.value("airflow_install_stdlib_bytecode_missing") == 0


@contextmanager
def exporter_with(folder: Path, pid: int, rights: list[str], monkeypatch) -> Iterator[Exporter]:
    """The exporter as another user, by a script, for the fixture starts one program."""
    wrapper = folder / "exporter.sh"
    binary = folder / "binary"
    shutil.copy(conftest.BINARY, binary)
    wrapper.write_text(f'#!/bin/sh\nexec {" ".join(rights)} {binary} "$@"\n')
    folder.chmod(0o755)
    wrapper.chmod(0o755)
    binary.chmod(0o755)
    monkeypatch.setattr(conftest, "BINARY", wrapper)
    with running_exporter(folder, FAST, "--no-memory.lock", procfs_of(folder, pid)) as exporter:
        yield exporter


@pytest.fixture
def open_folder() -> Iterator[Path]:
    folder = new_folder()
    yield folder
    shutil.rmtree(folder)


@NEEDS_ROOT
def test_without_the_right_the_rest_stays(image: Path, open_folder: Path, monkeypatch):
    with scheduler(image) as process, \
            exporter_with(open_folder, process.pid, has_fewer_rights(STRANGER),
                          monkeypatch) as exporter:
        until(lambda: bool(exporter.values("airflow_component_processes", component="scheduler")),
              30, "the scheduler's processes")
        until(lambda: "CAP_SYS_PTRACE" in exporter.get("/").text, 30, "the sentence on the page")
        rss = exporter.value("airflow_component_memory_rss_bytes", component="scheduler")
        assert rss is not None and rss > 0
        assert installs(exporter, "3.1.3") == []
        assert exporter.value("airflow_install_stdlib_bytecode_missing") is None
        assert exporter.value("airflow_host_exporter_collector_success", collector="component") == 1


@NEEDS_ROOT
def test_with_ptrace_alone_the_root_is_read(image: Path, open_folder: Path, monkeypatch):
    rights = ["setpriv", f"--reuid={STRANGER}", f"--regid={STRANGER}", "--clear-groups",
              "--inh-caps=-all,+sys_ptrace", "--ambient-caps=-all,+sys_ptrace"]
    with scheduler(image) as process, \
            exporter_with(open_folder, process.pid, rights, monkeypatch) as exporter:
        labels = wait_for_install(exporter, "3.1.3")
        assert labels["python"] == VERSION
        assert labels["executor"] == "", "the environment needs CAP_DAC_READ_SEARCH"
        until(lambda: "CAP_DAC_READ_SEARCH" in exporter.get("/").text, 30, "the sentence")


@NEEDS_ROOT
def test_airflows_own_user_needs_no_right(image: Path, open_folder: Path, monkeypatch):
    with scheduler(image, AIRFLOW__CORE__EXECUTOR="CeleryExecutor") as process, \
            exporter_with(open_folder, process.pid, has_fewer_rights(AIRFLOW_USER),
                          monkeypatch) as exporter:
        labels = wait_for_install(exporter, "3.1.3")
        assert labels["executor"] == "CeleryExecutor"
        assert "CAP_SYS_PTRACE" not in exporter.get("/").text
