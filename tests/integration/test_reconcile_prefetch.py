"""A worker that holds more messages than it executes: what it has fetched is not lost."""

from celery_worker import kill
from conftest import Exporter, until
from reconcile_world import (PATIENCE, World, expect_of_each, truth,
                             exporter_of, exporters, world)  # noqa: F401  (fixtures)

FETCHED = 8  # Two processes, four messages for each.


def test_a_prefetch_of_4(world: World, exporters: dict[str, Exporter]):
    with world.worker("one", prefetch_multiplier=4) as worker:
        world.queue_and_send("default", 12)
        running = world.wait_for_begun(2)
        world.set_state("running", running)
        until(lambda: world.unacked == FETCHED, PATIENCE, "the worker has fetched its share")
        world.queue_and_send("low", 3)
        # What was queued before this Redis was started would account for nothing that is fetched.
        world.execute("UPDATE task_instance SET queued_dttm = now()")
        expect_of_each(exporters, {method: truth(method) for method in exporters})
        dropped = {world.drop("default"), world.drop("low")}
        # Those who count do not know of which queue the fetched messages are: the six that wait in
        # the worker hide what is lost of the other queue, and not of their own.
        lost = {"message_id": {"lost_default": 1, "lost_low": 1}, "count": {"lost_default": 1}}
        expect_of_each(exporters, {method: truth(method, **lost[method]) for method in exporters})
        kill(worker)
    world.execute("UPDATE task_instance SET last_heartbeat_at = now() - interval '10 minutes' "
                  "WHERE state = 'running'")
    # What it had fetched comes back after the visibility timeout.
    expect_of_each(exporters, {method: truth(method, heartbeat_lost=2, **lost[method])
                               for method in exporters})
    for exporter in exporters.values():
        until(lambda exporter=exporter: exporter.value("airflow_workers", state="lost") == 1,
              PATIENCE, "a lost worker")
    world.set_state("removed", dropped)
    with world.worker("two", prefetch_multiplier=4):
        assert world.unacked >= FETCHED
        begun = world.wait_for_begun(4)
        world.set_state("running", begun - running)
        expect_of_each(exporters, {method: truth(method, heartbeat_lost=2)
                                   for method in exporters})
