"""Tasks that are told apart by the ids of their messages."""

from reconcile_world import (AIRFLOW_3_3, TOKEN, World, any_lost, expect, truth,
                             exporter_of, world)  # noqa: F401  (fixtures)


def test_tasks_by_the_ids_of_their_messages(world: World, exporter_of):
    world.execute("UPDATE alembic_version SET version_num = %s", AIRFLOW_3_3)
    by_id = exporter_of("--broker.message-ids", "--log.level=debug")
    by_count = exporter_of()
    with world.worker("one"):
        world.queue_and_send("default", 4)
        running, beginning = world.wait_for_begun(2)
        # Of the other the database does not know yet that it runs: its message is unacknowledged.
        world.set_state("running", {running})
        world.queue_and_send("low", 3)
        lost = world.drop("low")
        world.send("low")  # As many as are lost: they hide it from those who count.
        for _ in range(3):
            world.send("high")
        expect(by_id, truth("message_id", lost_low=1, unaccounted_messages=4))
        # By count one more is missing: a task that a worker executes and that is still queued.
        expect(by_count, truth(unaccounted_messages=2), never=any_lost)
        world.set_state("scheduled", {lost})
        expect(by_id, truth("message_id", unaccounted_messages=4))
        # The task is queued anew, and this time its message arrives.
        world.set_state("queued", {lost})
        world.send("low", lost)
        expect(by_id, truth("message_id", unaccounted_messages=4), never=any_lost)
        world.set_state("running", {beginning})
        expect(by_id, truth("message_id", unaccounted_messages=4), never=any_lost)
    for path in ("/metrics", "/"):
        assert TOKEN not in by_id.get(path).text
    assert TOKEN not in by_id.log
