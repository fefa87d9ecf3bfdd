"""Nothing is lost while all is well, and dropped messages are lost tasks until they are given up."""

from agreement import agree, with_zeros
from integration import Exporter, Sandbox
from scene import Scene

LASTING_SECONDS = 180  # A difference counts after 60 s, of what has been queued for 60 s.
DROPPED = 2


def differences(exporter: Exporter) -> dict[str, dict[tuple[str, ...], float]]:
    return {
        "lost": with_zeros(exporter, "airflow_tasks_lost", "queue"),
        "phantom": with_zeros(exporter, "airflow_tasks_phantom_running", "reason"),
        "unaccounted": with_zeros(exporter, "airflow_tasks_unaccounted_messages"),
        "catatonic": with_zeros(exporter, "airflow_workers_catatonic"),
        "stalled": with_zeros(exporter, "airflow_queue_stalled", "queue"),
    }


def test_nothing_differs_while_all_is_well(scene: Scene, exporter: Exporter) -> None:
    agree(lambda: differences(exporter), lambda: {
        "lost": {("default",): 0, ("second",): 0},
        "phantom": {("heartbeat_lost",): 0, ("unaccounted",): 0},
        "unaccounted": {(): 0},
        "catatonic": {(): 0},
        "stalled": {("default",): 0, ("second",): 0},
    }, LASTING_SECONDS)


def test_dropped_messages_are_lost_tasks(scene: Scene, stack: Sandbox,
                                         exporter: Exporter) -> None:
    assert len(stack.redis().rpop("default", DROPPED)) == DROPPED
    agree(lambda: with_zeros(exporter, "airflow_tasks_lost", "queue"),
          lambda: {("default",): DROPPED, ("second",): 0}, LASTING_SECONDS)
    seen = differences(exporter)
    assert set(seen["phantom"].values()) | set(seen["unaccounted"].values()) == {0}
