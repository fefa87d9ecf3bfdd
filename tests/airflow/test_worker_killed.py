"""The worker is killed -9: what it leaves behind is seen, and goes with recovery.

The tests of this file stand on one another and on those of test_reconcile.py, in their order.
"""

import os
import signal
import subprocess
from typing import Iterator

import pytest

from agreement import OfEachMethod, agree, by_label, by_labels, with_zeros
from integration import Exporter, Sandbox, until
from processes import kill_tree
from scene import Scene
from workload.process import die_with_parent

DROPPED = 2  # by test_reconcile.py
KILLED = 4  # as many as ran
LASTING_SECONDS = 180  # A difference counts after 60 s.
RECOVERY_SECONDS = 180
# Airflow's own rules (_find_task_instances_without_heartbeats, _find_zombies of its scheduler).
HEARTBEAT_LOST = {
    True: "SELECT count(*) FROM task_instance WHERE state IN ('running', 'restarting') "
          "AND last_heartbeat_at < now() - interval '300 s'",
    False: "SELECT count(*) FROM task_instance t JOIN job j ON j.id = t.job_id "
           "WHERE t.state IN ('running', 'restarting') AND j.job_type = 'LocalTaskJob' "
           "AND (j.state <> 'running' OR j.latest_heartbeat < now() - interval '300 s')",
}


@pytest.fixture(scope="module")
def new_worker(stack: Sandbox, scene: Scene) -> Iterator[None]:
    """Starts a worker in the place of the killed one."""
    with (stack.folder / "log" / "new-worker.log").open("wb") as log:
        worker = subprocess.Popen(
            [scene.airflow.venv / "bin" / "airflow", "celery", "worker", "--queues", "default"],
            env=scene.airflow.environment, cwd=stack.folder, stdin=subprocess.DEVNULL,
            stdout=log, stderr=log, preexec_fn=die_with_parent)
    yield
    kill_tree(worker.pid)
    worker.wait()


def test_the_killed_worker_is_lost(scene: Scene, stack: Sandbox, exporter: Exporter) -> None:
    agree(lambda: by_label(exporter, "airflow_workers", "state"), lambda: {"live": 1.0})
    kill_tree(stack.pid("worker"))
    agree(lambda: by_label(exporter, "airflow_workers", "state"), lambda: {"lost": 1.0})
    agree(lambda: by_label(exporter, "airflow_component_processes", "component").get("task", 0),
          lambda: 0)
    assert exporter.values("airflow_worker_active_tasks") == []
    # Redis and the database have not noticed.
    assert exporter.value("airflow_broker_unacked_messages") == KILLED
    assert exporter.value("airflow_metadata_task_instances", state="running",
                          queue="default") == KILLED


def test_its_tasks_have_lost_their_heartbeat(scene: Scene, stack: Sandbox,
                                             exporter: Exporter) -> None:
    """By Airflow's own rule, whose scheduler would clean them if it were not stopped."""
    assert exporter.value("airflow_metadata_task_instances_heartbeat_lost") == 0
    os.kill(stack.pid("scheduler"), signal.SIGSTOP)
    scene.let_hearts_stop(*(pid for pid, _, _ in scene.running()))
    agree(lambda: exporter.value("airflow_metadata_task_instances_heartbeat_lost"),
          lambda: stack.rows(HEARTBEAT_LOST[scene.airflow.is_airflow_3])[0][0])
    assert exporter.value("airflow_metadata_task_instances_heartbeat_lost") == KILLED
    agree(lambda: exporter.value("airflow_tasks_phantom_running", reason="heartbeat_lost"),
          lambda: KILLED)


def test_the_stopped_scheduler_is_not_alive(stack: Sandbox, exporter: Exporter) -> None:
    agree(lambda: exporter.value("airflow_metadata_components_alive", component="scheduler"),
          lambda: 0)


def test_all_of_it_goes_with_recovery(scene: Scene, stack: Sandbox, exporter: Exporter,
                                      of_each_method: OfEachMethod, new_worker: None) -> None:
    os.kill(stack.pid("scheduler"), signal.SIGCONT)
    agree(lambda: by_label(exporter, "airflow_workers", "state"), lambda: {"live": 1.0},
          RECOVERY_SECONDS)
    agree(lambda: exporter.value("airflow_metadata_components_alive", component="scheduler"),
          lambda: 1)
    # Airflow's scheduler has what nobody runs tried again.
    agree(lambda: exporter.value("airflow_metadata_task_instances_heartbeat_lost"), lambda: 0,
          RECOVERY_SECONDS)
    scene.release("sleeps", "pool_of_two", "hog", "deferring")
    left = {("queued", "second"): 2, ("up_for_retry", "default"): 1}
    until(lambda: scene.states() == left | {("queued", "default"): DROPPED}, RECOVERY_SECONDS,
          "whatever can end has ended")
    scene.give_up("sleeps")  # Two of its task instances were lost with their messages.
    agree(lambda: by_labels(exporter, "airflow_metadata_task_instances", "state", "queue"),
          lambda: left, RECOVERY_SECONDS)
    agree(lambda: by_label(exporter, "airflow_broker_queue_messages", "queue"),
          lambda: {"second": 2.0})
    for each, method in of_each_method:
        agree(lambda each=each: with_zeros(each, "airflow_tasks_lost", "queue", "method"),
              lambda method=method: {("default", method): 0, ("second", method): 0},
              LASTING_SECONDS)
        agree(lambda each=each: with_zeros(each, "airflow_tasks_phantom_running", "reason"),
              lambda: {("heartbeat_lost",): 0, ("unaccounted",): 0})


def test_its_messages_are_nobodys(stack: Sandbox, exporter: Exporter) -> None:
    """Redis keeps them until the visibility timeout, a day."""
    agree(lambda: exporter.value("airflow_broker_unacked_messages"),
          lambda: stack.redis().hlen("unacked"))
    agree(lambda: exporter.value("airflow_tasks_unaccounted_messages"), lambda: KILLED,
          LASTING_SECONDS)


def test_a_queue_that_nobody_consumes_is_stalled(exporter: Exporter) -> None:
    """While a worker has free places."""
    agree(lambda: with_zeros(exporter, "airflow_queue_stalled", "queue"),
          lambda: {("default",): 0, ("second",): 1}, LASTING_SECONDS)
