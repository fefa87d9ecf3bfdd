"""Redis is restarted under a worker that runs tasks: what waited in it is lost, what runs is not."""

from conftest import Exporter, until
from reconcile_world import (PATIENCE, World, expect_of_each, truth,
                             exporter_of, exporters, world)  # noqa: F401  (fixtures)
from restarted_redis import restarted_redis

START = "airflow_broker_start_timestamp_seconds"


def test_redis_restarted_under_a_running_worker(world: World, exporters: dict[str, Exporter]):
    with world.worker("one"):
        world.queue_and_send("default", 5)
        running = world.wait_for_begun(2)
        world.set_state("running", running)
        expect_of_each(exporters, {method: truth(method) for method in exporters})
        started = {method: exporter.value(START) for method, exporter in exporters.items()}
        with restarted_redis(world.sandbox):
            lost = world.ids("queued")
            # The worker goes on with what it had begun: nobody calls that a phantom.
            expect_of_each(exporters, {method: truth(method, lost_default=3)
                                       for method in exporters})
            for method, exporter in exporters.items():
                until(lambda exporter=exporter, method=method:
                      exporter.value(START) not in (None, started[method]) and
                      exporter.value("airflow_workers", state="live") == 1,
                      PATIENCE, "the other Redis and the worker are seen")
            # Airflow gives them up, and sends them anew; then everything is well again.
            world.set_state("scheduled", lost)
            expect_of_each(exporters, {method: truth(method) for method in exporters})
            world.set_state("queued", lost)
            for message_id in lost:
                world.send("default", message_id)
            expect_of_each(exporters, {method: truth(method) for method in exporters})
            world.hold.unlink()
            with world.worker("two"):  # Celery's worker may come back deaf.
                world.set_state("success", world.wait_for_begun(5))
                until(lambda: world.unacked == 0, PATIENCE, "the queue is drained")
                expect_of_each(exporters, {method: truth(method) for method in exporters})
