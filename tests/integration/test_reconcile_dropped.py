"""A message that is dropped, and a worker that takes nothing, by count."""

from conftest import until
from reconcile_world import (PATIENCE, QUEUES, World, expect, messages, truth,
                             exporter_of, world)  # noqa: F401  (fixtures)


def test_a_dropped_message_and_a_worker_that_takes_nothing(world: World, exporter_of):
    exporter = exporter_of()
    with world.worker("one"):
        with world.without_consumers("one"):
            world.queue_and_send("default", 4)
            world.queue_and_send("low", 3)
            for _ in range(2):  # Another executor's: no message was ever sent.
                world.queue("low", executor="KubernetesExecutor")
            # And one whose message never came, in a queue that the broker has never heard of.
            lost = {world.drop("low"), world.queue("unbound")}
            queues = (*QUEUES, "unbound")
            expect(exporter, truth(queues=queues, lost_low=1, lost_unbound=1, catatonic=1,
                                   stalled_default=1, stalled_low=1))
            until(lambda: messages(exporter, "unbound") == 0, PATIENCE, "a list that is not there")
            # Airflow gives them up after its time-out and schedules them anew.
            world.set_state("scheduled", lost)
            expect(exporter, truth(queues=queues, catatonic=1, stalled_default=1, stalled_low=1))
            world.set_state("removed", lost)
        world.set_state("running", world.wait_for_begun(2))
        expect(exporter, truth(queues=queues))
        world.hold.unlink()
        world.set_state("success", world.wait_for_begun(6))
        until(lambda: world.unacked == 0, PATIENCE, "the queues are drained")
        expect(exporter, truth(queues=queues))
        for queue in queues:
            until(lambda: messages(exporter, queue) == 0, PATIENCE, f"nothing waits in {queue}")
