"""What goes wrong in a real sandbox arrives at the pager as the right alert, and ends when it is mended.

The whole way: kernel, Redis, PostgreSQL, exporter, Prometheus, Alertmanager, webhook. Other tests kill
and load this host at the same time: every check is of this test's own labels, and the host's collector
is off, because a host that stalls holds back, as it should, what is waited for here.

A dropped message counts as lost after two minutes. So it is dropped first, and the other tests run in
the meantime.
"""

import json
import subprocess
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable, Iterator

import pytest

from alerting import Delivery, Receiver, call, running_prometheus, watched
from conftest import (REPOSITORY, Exporter, Sandbox, running_exporter, running_sandbox, stopped,
                      until)
from test_oom_kills import (docker_cgroup, engine, have_killed, tasks_of_airflow_2, wait_until_known,
                            worker)
from test_oom_kills import pytestmark as where_the_kernel_kills

ARRIVES_SECONDS = 180
RESOLVES_SECONDS = 120
QUEUE = "default"
CONTAINER = "alerts-airflow-worker-1"
CADENCES = [f"--collector.{name}.cadence=1s"
            for name in ("container", "component", "metadata", "broker")]


@dataclass(frozen=True)
class Stack:
    """A sandbox, and all that watches it."""

    sandbox: Sandbox
    exporter: Exporter
    receiver: Receiver
    docker_socket: Path
    dropped: str  # The id of the message that is gone from its queue.
    resume: Callable[[], None]  # Ends the pause in which the other messages stay.

    def expect(self, alert: str, **labels: str) -> Delivery:
        """Waits until the alert arrives; what arrived."""
        until(lambda: self._is(alert, "firing", labels), ARRIVES_SECONDS,
              f"{alert} {labels} arrives")
        delivery = self.receiver.last(alert, **labels)
        assert delivery.labels["job"] == "airflow-host-exporter"
        assert delivery.labels["instance"] == self.exporter.address
        runbook = delivery.annotations["runbook_url"].rsplit("/", 1)[1]
        assert (REPOSITORY / "deploy" / "runbooks" / runbook).is_file()
        assert self.exporter.address in delivery.annotations["description"]
        return delivery

    def expect_end(self, alert: str, **labels: str) -> None:
        until(lambda: self._is(alert, "resolved", labels), RESOLVES_SECONDS,
              f"the end of {alert} {labels} arrives")

    def arrives(self, alert: str, seconds: float, labels: dict[str, str]) -> bool:
        """Whether the alert arrives within some seconds."""
        end = time.monotonic() + seconds
        while time.monotonic() < end and not self._is(alert, "firing", labels):
            time.sleep(0.2)
        return self._is(alert, "firing", labels)

    def _is(self, alert: str, status: str, labels: dict[str, str]) -> bool:
        delivery = self.receiver.last(alert, **labels)
        return delivery is not None and delivery.status == status


def drop_message(sandbox: Sandbox) -> str:
    """Takes the next message from its queue, as no worker would; its id."""
    message = json.loads(sandbox.redis().rpop(QUEUE))
    return message["headers"]["id"]


@contextmanager
def short_folder() -> Iterator[Path]:
    """A folder for unix sockets, whose paths may not be long."""
    folder = Path(subprocess.check_output(["mktemp", "-d", "/tmp/alerts-XXXXXX"], text=True).strip())
    folder.chmod(0o711)
    try:
        yield folder
    finally:
        for path in folder.glob("*"):
            path.unlink()
        folder.rmdir()


@pytest.fixture(scope="module")
def stack(tmp_path_factory) -> Iterator[Stack]:
    folder = tmp_path_factory.mktemp("alerts")
    with short_folder() as short, running_sandbox(short / "s") as sandbox, ExitStack() as pause:
        until(lambda: sandbox.redis().llen(QUEUE) > 3, 30, "messages wait")
        pause.enter_context(sandbox.paused())
        dropped = drop_message(sandbox)
        socket = short / "docker.sock"
        with running_exporter(folder, "--no-collector.host", *CADENCES,
                              f"--container.docker-socket={socket}",
                              **sandbox.airflow_settings) as exporter, \
                watched(folder, exporter) as receiver:
            yield Stack(sandbox, exporter, receiver, socket, dropped, pause.close)


@where_the_kernel_kills
def test_a_kill_arrives_with_component_and_container(stack: Stack):
    tasks = tasks_of_airflow_2(3)
    with docker_cgroup() as cgroup, worker(cgroup, tasks), \
            engine(stack.docker_socket, {cgroup.container_id: CONTAINER}):
        until(lambda: stack.exporter.values("airflow_container_info", container=CONTAINER) != [],
              60, "the container is known by its name")
        wait_until_known(stack.exporter)
        labels = {"container": CONTAINER, "component": "task", "scope": "cgroup"}
        for task in tasks:  # Another test overflows the kernel's log, and a kill's record with it.
            have_killed(task.pid)
            if stack.arrives("AirflowOomKill", 60, labels):
                break
        delivery = stack.expect("AirflowOomKill", **labels)
        assert delivery.receiver == "team"
        assert delivery.labels["severity"] == "warning"
        assert (f"process(es) of component task in container {CONTAINER} within ten minutes, because "
                "the memory limit was reached") in delivery.annotations["description"]
        stack.expect_end("AirflowOomKill", **labels)


def test_a_stopped_scheduler_arrives(stack: Stack):
    with stopped(stack.sandbox.pid("scheduler")):
        delivery = stack.expect("AirflowSchedulerHeartbeatLost")
        assert delivery.receiver == "pager"
        assert delivery.labels["severity"] == "critical"
        assert delivery.labels["component"] == "scheduler"
        assert "The last one was" in delivery.annotations["description"]
    stack.expect_end("AirflowSchedulerHeartbeatLost")


def rules_of(prometheus: str) -> list[dict[str, Any]]:
    groups = call(prometheus, "/api/v1/rules")["data"]["groups"]
    return [rule for group in groups for rule in group["rules"]]


def test_every_rule_can_be_evaluated_on_a_real_page(stack: Stack, tmp_path: Path):
    """Labels that do not match each other are an error only where both are there."""
    with running_exporter(tmp_path, *CADENCES, **stack.sandbox.airflow_settings) as exporter, \
            running_prometheus(tmp_path, exporter, "127.0.0.1:1") as prometheus:
        query = "/api/v1/query?query=instance:airflow_host_memory_available:ratio"
        until(lambda: call(prometheus, query)["data"]["result"] != [], 60, "a rule has recorded")
        until(lambda: all(rule["health"] != "unknown" for rule in rules_of(prometheus)), 60,
              "every rule was evaluated")
        rules = rules_of(prometheus)
        assert len(rules) > 40
        assert [rule["lastError"] for rule in rules if rule["health"] != "ok"] == []
        ratio = float(call(prometheus, query)["data"]["result"][0]["value"][1])
        assert 0 < ratio < 1


def clear_task(sandbox: Sandbox, message: str) -> int:
    """Clears the task instance of a message, as `airflow tasks clear` does; how many those were."""
    connection = sandbox.connect()
    try:
        with connection.cursor() as cursor:
            cursor.execute("UPDATE task_instance SET state = NULL, external_executor_id = NULL "
                           "WHERE state = 'queued' AND external_executor_id = %s", (message,))
            return cursor.rowcount
    finally:
        connection.close()


def test_a_dropped_message_arrives(stack: Stack):
    delivery = stack.expect("AirflowTasksLost", queue=QUEUE)
    assert delivery.receiver == "team"
    assert delivery.labels["severity"] == "warning"
    assert delivery.labels["method"] == "count"  # Airflow 3.1 does not tell message ids in time.
    assert f"1 task(s) of queue {QUEUE}" in delivery.annotations["description"]
    assert clear_task(stack.sandbox, stack.dropped) == 1
    stack.expect_end("AirflowTasksLost", queue=QUEUE)
    stack.resume()


def test_a_stopped_redis_arrives(stack: Stack):
    with stopped(stack.sandbox.pid("redis")):
        delivery = stack.expect("AirflowBrokerDown")
        assert delivery.receiver == "pager"
        assert delivery.labels["severity"] == "critical"
    stack.expect_end("AirflowBrokerDown")
