"""Nothing differs while all is well; what has no process, and what has no message, is told of until
Airflow has seen to it.

The tests of this file stand on one another, in their order. Each of them asks two exporters: one that
counts, and one that reads the ids of the messages.
"""

import uuid

from agreement import OfEachMethod, agree, with_zeros
from integration import Exporter, Sandbox, stopped
from processes import children, kill_tree, tree
from scene import STANDING, Scene

LASTING_SECONDS = 180  # A difference counts after 60 s, of what has been queued for 60 s.
DROPPED = 2

Figures = dict[str, dict[tuple[str, ...], float]]


def differences(exporter: Exporter) -> Figures:
    return {
        "lost": with_zeros(exporter, "airflow_tasks_lost", "queue", "method"),
        "phantom": with_zeros(exporter, "airflow_tasks_phantom_running", "reason"),
        "unaccounted": with_zeros(exporter, "airflow_tasks_unaccounted_messages"),
        "catatonic": with_zeros(exporter, "airflow_workers_catatonic"),
        "stalled": with_zeros(exporter, "airflow_queue_stalled", "queue"),
    }


def truth(method: str, lost: int = 0, phantom: int = 0, unaccounted: int = 0) -> Figures:
    """What is lost is so in the queue `default`."""
    return {
        "lost": {("default", method): lost, ("second", method): 0},
        "phantom": {("heartbeat_lost",): 0, ("unaccounted",): phantom},
        "unaccounted": {(): unaccounted},
        "catatonic": {(): 0},
        "stalled": {("default",): 0, ("second",): 0},
    }


def expect(exporters: OfEachMethod, **wanted: int) -> None:
    for exporter, method in exporters:
        agree(lambda exporter=exporter: differences(exporter),
              lambda method=method: truth(method, **wanted), LASTING_SECONDS)


def test_nothing_differs_while_all_is_well(scene: Scene, of_each_method: OfEachMethod) -> None:
    expect(of_each_method)


def test_a_task_without_a_process_is_a_phantom(scene: Scene, stack: Sandbox,
                                               of_each_method: OfEachMethod) -> None:
    """Somebody kills a process of the worker's pool with its task in it. Celery acknowledges the
    message and has another process take the next one; only the scheduler can tell the database."""
    with stopped(stack.pid("scheduler")):
        (sleeper,) = [pid for pid, dag_id, _ in scene.running() if dag_id == "sleeps"]
        (child,) = [pid for pid in children(stack.pid("worker")) if sleeper in tree(pid)]
        kill_tree(child)
        agree(scene.states, lambda: STANDING | {
            ("running", "default"): STANDING["running", "default"] + 1,
            ("queued", "default"): STANDING["queued", "default"] - 1})
        expect(of_each_method, phantom=1)
        if not scene.airflow.is_airflow_3:  # Its scheduler asks for the heartbeat alone.
            scene.let_hearts_stop(sleeper)
    # The scheduler has the task queued anew.
    agree(scene.states, lambda: STANDING, LASTING_SECONDS)
    expect(of_each_method)


def strangers(stack: Sandbox, messages: list[bytes]) -> list[bytes]:
    """The same messages under the ids of tasks that Airflow does not know."""
    ids = [row[0].encode() for row in stack.rows(
        "SELECT external_executor_id FROM task_instance WHERE state = 'queued'")]
    others = []
    for message in messages:
        (held,) = [known for known in ids if known in message]
        others.append(message.replace(held, str(uuid.uuid4()).encode()))
    return others


def test_dropped_messages_are_lost_tasks(scene: Scene, stack: Sandbox,
                                         of_each_method: OfEachMethod) -> None:
    broker = stack.redis()
    dropped = broker.rpop("default", DROPPED)
    assert len(dropped) == DROPPED
    if scene.airflow.has_message_ids:
        # As many strangers hide them from who counts, and not from who reads the ids.
        others = strangers(stack, dropped)
        broker.lpush("default", *others)
        by_count, by_id = of_each_method
        expect([by_id], lost=DROPPED, unaccounted=DROPPED)
        expect([by_count])
        assert [broker.lrem("default", 1, other) for other in others] == [1] * DROPPED
    expect(of_each_method, lost=DROPPED)
