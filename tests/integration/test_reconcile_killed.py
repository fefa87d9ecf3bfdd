"""A worker that is killed in mid-task: nobody runs its tasks, and they are not lost."""

import time

from celery_worker import kill
from conftest import until
from reconcile_world import (DIFFERENCE_LASTS, PATIENCE, World, any_lost, expect, figures, truth,
                             exporter_of, world)  # noqa: F401  (fixtures)


def test_a_worker_killed_in_mid_task(world: World, exporter_of):
    exporter = exporter_of()
    with world.worker("one") as worker:
        world.queue_and_send("default", 5)
        running = world.wait_for_begun(2)
        world.set_state("running", running)
        expect(exporter, truth())
        kill(worker)
    world.execute("UPDATE task_instance SET last_heartbeat_at = now() - interval '10 minutes' "
                  "WHERE state = 'running'")
    # Their messages are unacknowledged for a day: they are not lost, and nobody runs them.
    expect(exporter, truth(heartbeat_lost=2), never=any_lost)
    until(lambda: exporter.value("airflow_workers", state="lost") == 1, PATIENCE, "a lost worker")
    begin = time.monotonic()
    while time.monotonic() - begin < DIFFERENCE_LASTS + 15:
        time.sleep(1)
        assert figures(exporter).items() <= truth(heartbeat_lost=2).items()
    # Airflow gives them up; the messages that the worker has left belong to nobody.
    world.set_state("up_for_retry", running)
    expect(exporter, truth(unaccounted_messages=2), never=any_lost)
