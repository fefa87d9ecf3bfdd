"""A worker that takes nothing since before Redis was restarted: what it should take is still known."""

from conftest import until
from reconcile_world import (PATIENCE, World, expect, truth,
                             exporter_of, world)  # noqa: F401  (fixtures)
from restarted_redis import restarted_redis
from two_workers import QUEUES, anything_but, begun_by, two_workers

WAITING = 3


def test_a_deaf_worker_after_a_restart_of_redis(world: World, exporter_of):
    exporter = exporter_of()
    deaf = truth(queues=QUEUES, catatonic=1)
    with two_workers(world, exporter):
        world.cancel_consumers("one", QUEUES)
        world.hold.unlink()
        until(lambda: world.unacked == 0, PATIENCE, "the tasks have ended")
        # Its sibling has no place free before and after; whether it comes back deaf is all the same.
        world.hold.touch()
        world.queue_and_send("default", 2)
        world.wait_for_begun(6)
        assert begun_by(world) == {"one": 2, "two": 4}
        with restarted_redis(world.sandbox):
            world.queue_and_send("default", WAITING)
            expect(exporter, deaf, never=anything_but(deaf))
            # Of these its sibling, whose unacked messages the old Redis took along, has fetched some.
            assert world.sandbox.redis().llen("default") + world.unacked == WAITING
            assert begun_by(world) == {"one": 2, "two": 4}
