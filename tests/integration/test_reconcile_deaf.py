"""A worker that takes nothing while its sibling is busy, and while another queue is empty."""

from conftest import until
from reconcile_world import (PATIENCE, World, expect, truth,
                             exporter_of, world)  # noqa: F401  (fixtures)
from two_workers import QUEUES, anything_but, begun_by, two_workers

TASK_SECONDS = 6
TASKS = 160  # A worker of two processes is busy with them for longer than the test may last.


def test_a_deaf_worker_beside_a_busy_one(world: World, exporter_of):
    exporter = exporter_of()
    deaf = truth(queues=QUEUES, catatonic=1)  # The queue is not stalled: the other takes from it.
    with two_workers(world, exporter):
        with world.without_consumers("one", QUEUES):
            world.queue_and_send("default", TASKS, TASK_SECONDS)
            world.hold.unlink()
            expect(exporter, deaf, never=anything_but(deaf))
            assert begun_by(world)["one"] == 2
        expect(exporter, truth(queues=QUEUES), never=anything_but(deaf))
        until(lambda: begun_by(world)["one"] > 2, PATIENCE, "it takes tasks again")
