"""Every expression on the dashboards returns data, from a real Prometheus that scrapes real exporters.

One exporter watches a sandbox, beside which a triggerer leaks and is started anew, and a process is
killed for want of memory. A second one serves a recorded host with cgroup v2 and containers, as this
machine may have neither.
"""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.parse
import urllib.request
import uuid
from contextlib import contextmanager
from pathlib import Path
from typing import Iterator

import pytest

from conftest import (Exporter, Sandbox, free_port, growing_component, running_exporter,
                      running_sandbox, until)

REPOSITORY = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY / "tests" / "support"))

from dashboards import Expression, boards, expressions, filled, panels, variable_queries  # noqa: E402

RECORDED_HOST = REPOSITORY / "tests" / "fixtures" / "debian12-cgroup2"
CGROUPS = Path("/sys/fs/cgroup/memory")
LEAKING = "triggerer"  # Not the scheduler, whose slope other tests measure on this host.
LEAK_BYTES_PER_SECOND = 400_000
FLAGS = ("--trend.windows=60s", "--collector.component.cadence=250ms",
         "--collector.container.cadence=1s", "--collector.metadata.cadence=1s",
         "--collector.broker.cadence=1s")
# What Airflow's processes have in their environment, to be found there.
SETTINGS = {"AIRFLOW__SCHEDULER__NUM_RUNS": "500", "AIRFLOW__TRACES__OTEL_ON": "False"}
EVENTS = {"OOM kills", "Restarts of components"}
# What is not shown here, and why.
NOT_SHOWN = {
    "Boots": "this machine is not booted for a test",
    "Restarts of containers": "the recorded host stands still; test_docker.py restarts real ones",
}


class Prometheus:
    """A running Prometheus."""

    def __init__(self, port: int) -> None:
        self._url = f"http://127.0.0.1:{port}"

    def get(self, path: str, **parameters: str):
        query = urllib.parse.urlencode(parameters)
        with urllib.request.urlopen(f"{self._url}{path}?{query}", timeout=30) as reply:
            return json.load(reply)["data"]

    def is_ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self._url}/-/ready", timeout=5) as reply:
                return reply.status == 200
        except OSError:
            return False

    def value_of_label(self, query: str) -> str:
        """One of the values that Grafana would offer for label_values(SELECTOR, LABEL)."""
        selector, label = query.removeprefix("label_values(").removesuffix(")").rsplit(", ", 1)
        values = self.get(f"/api/v1/label/{label}/values", **{"match[]": selector})
        assert values, query
        return values[0]

    def count(self, text: str) -> int:
        """How many series it has now."""
        return len(self.get("/api/v1/query", query=text)["result"])

    def has_data(self, text: str, instant: bool) -> bool:
        if instant:
            return self.count(text) > 0
        now = time.time()
        return len(self.get("/api/v1/query_range", query=text, start=str(now - 60), end=str(now),
                            step="2")["result"]) > 0


@contextmanager
def running_prometheus(folder: Path, *exporters: Exporter) -> Iterator[Prometheus]:
    port = free_port()
    configuration = folder / "prometheus.yml"  # JSON is YAML.
    configuration.write_text(json.dumps({
        "global": {"scrape_interval": "1s"},
        "scrape_configs": [{"job_name": "airflow-host", "static_configs": [
            {"targets": [exporter.address for exporter in exporters]}]}]}))
    with (folder / "prometheus.log").open("wb") as log:
        process = subprocess.Popen(
            ["prometheus", f"--config.file={configuration}", f"--storage.tsdb.path={folder / 'tsdb'}",
             f"--web.listen-address=127.0.0.1:{port}"],
            stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    prometheus = Prometheus(port)
    try:
        until(lambda: prometheus.is_ready() or process.poll() is not None, 60, "Prometheus is ready")
        assert process.poll() is None, (folder / "prometheus.log").read_text()
        yield prometheus
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


@contextmanager
def complete_sandbox(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sandbox]:
    """A sandbox with all that a dashboard may show: settings, a limit of the broker, a transaction."""
    for name, value in SETTINGS.items():
        monkeypatch.setenv(name, value)
    with running_sandbox(folder) as sandbox:
        sandbox.redis().config_set("maxmemory", "256mb")
        connection = sandbox.connect()
        try:
            with connection.cursor() as cursor:
                cursor.execute("BEGIN")
                yield sandbox
        finally:
            connection.close()


def can_kill() -> bool:
    return os.geteuid() == 0 and (CGROUPS / "memory.limit_in_bytes").exists()


def kill_for_want_of_memory() -> None:
    """Has the kernel kill a process in a child cgroup."""
    cgroup = CGROUPS / f"dashboards-{uuid.uuid4().hex[:8]}"
    cgroup.mkdir()
    try:
        (cgroup / "memory.limit_in_bytes").write_text("64M")
        hungry = subprocess.run(
            ["sh", "-c", 'echo $$ > "$1"/cgroup.procs && exec "$2" -c "x = bytearray(200 << 20)"',
             "sh", str(cgroup), sys.executable], check=False, timeout=60)
        assert hungry.returncode == -signal.SIGKILL
    finally:
        until(lambda: not (cgroup / "cgroup.procs").read_text(), 30, "the cgroup is empty")
        cgroup.rmdir()


def values_of_variables(prometheus: Prometheus) -> dict[str, str]:
    """As if All hosts were chosen."""
    values = {"job": ".+", "instance": ".+", "__rate_interval": "10s", "__range": "1m"}
    for query in variable_queries():
        label = query.removesuffix(")").rsplit(", ", 1)[1]
        for variable, value in values.copy().items():
            query = query.replace(f"${variable}", value)
        values.setdefault(label, prometheus.value_of_label(query))
    return values


def wait_for_data(prometheus: Prometheus, wanted: list[Expression], seconds: float) -> None:
    """Until each of them has returned data once."""
    values = values_of_variables(prometheus)
    missing = list(wanted)

    def all_have_data() -> bool:
        missing[:] = [expression for expression in missing
                      if not prometheus.has_data(expression.filled(values), expression.instant)]
        return not missing

    try:
        until(all_have_data, seconds, "data")
    except pytest.fail.Exception:
        pytest.fail("no data within {} s for:\n{}".format(seconds, "\n".join(
            f"{one.board}, {one.place}: {one.filled(values)}" for one in missing)))


def check_one_value(prometheus: Prometheus) -> None:
    """A stat never answers with several values, of however many hosts."""
    values = values_of_variables(prometheus)
    for board in boards().values():
        for panel in panels(board):
            if panel["type"] == "stat":
                (target,) = panel["targets"]
                text = filled(target["expr"], values)
                assert prometheus.count(text) <= 1, f"{panel['title']}: {text}"


def test_every_expression_returns_data(tmp_path: Path, sandbox_folder: Path, monkeypatch):
    shown = [expression for expression in expressions() if expression.place not in NOT_SHOWN]
    events = [expression for expression in shown if expression.place in EVENTS
              and expression.board == "annotations"]
    steady = [expression for expression in shown if expression not in events]
    recorded = (f"--path.procfs={RECORDED_HOST / 'proc'}", f"--path.sysfs={RECORDED_HOST / 'sys'}",
                f"--path.rootfs={RECORDED_HOST}", f"--path.kmsg={RECORDED_HOST / 'dev' / 'kmsg'}",
                "--container.docker-socket=", "--container.podman-socket=")
    with complete_sandbox(sandbox_folder, monkeypatch) as sandbox, \
            running_exporter(tmp_path, *FLAGS, **sandbox.airflow_settings) as live, \
            running_exporter(tmp_path, *recorded) as replay, \
            running_prometheus(tmp_path, live, replay) as prometheus:
        until(lambda: prometheus.count("up == 1") == 2, 30,
              "both exporters are scraped")
        with growing_component(LEAKING, LEAK_BYTES_PER_SECOND):
            until(lambda: prometheus.has_data("airflow_host_memory_growing", True), 120, "trends")
            wait_for_data(prometheus, steady, 300)
            check_one_value(prometheus)
        with growing_component(LEAKING, LEAK_BYTES_PER_SECOND):
            if can_kill():
                kill_for_want_of_memory()
            else:
                events = [expression for expression in events if expression.place != "OOM kills"]
            wait_for_data(prometheus, events, 60)
