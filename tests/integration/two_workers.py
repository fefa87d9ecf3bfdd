"""Two Celery workers of the same queues, of whom the exporter has learned which queues these are."""

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Callable, Iterator

from celery_worker import begun_at, ended_ids
from conftest import Exporter, until
from reconcile_world import PATIENCE, World, expect, truth

QUEUES = ("default", "spare")


@contextmanager
def _rows_kept(world: World) -> Iterator[None]:
    """Meanwhile the database learns which task runs on which host, and which has ended."""
    over = threading.Event()

    def keep() -> None:
        running: set[str] = set()
        ended: set[str] = set()
        while not over.wait(0.2):
            for message_id, host in begun_at(world.folder).items():
                if message_id not in running:
                    world.set_state("running", {message_id}, host)
                    running.add(message_id)
            now_ended = ended_ids(world.folder) & running - ended
            world.set_state("success", now_ended)
            ended |= now_ended

    with ThreadPoolExecutor() as executor:
        kept = executor.submit(keep)
        try:
            yield
        finally:
            over.set()
    kept.result()


@contextmanager
def two_workers(world: World, exporter: Exporter) -> Iterator[None]:
    """They are named `one` and `two`, and have begun two tasks of `default` each, which they run for
    as long as world.hold is there. The database keeps up with them."""
    with world.worker("one", queues=QUEUES), world.worker("two", queues=QUEUES), \
            _rows_kept(world):
        # Of what ran when it saw a worker first the exporter learns nothing.
        until(lambda: exporter.value("airflow_workers", state="live") == 2, PATIENCE, "two workers")
        expect(exporter, truth(queues=QUEUES))
        world.queue_and_send("default", 4)
        world.wait_for_begun(4)
        assert begun_by(world) == {"one": 2, "two": 2}
        until(lambda: exporter.value("airflow_metadata_task_instances", state="running",
                                     queue="default") == 4, PATIENCE, "all of them run")
        expect(exporter, truth(queues=QUEUES))
        yield


def begun_by(world: World) -> Counter[str]:
    """How many tasks each worker has begun."""
    return Counter(begun_at(world.folder).values())


def anything_but(wanted: dict[str, float]) -> Callable[[dict[str, float]], bool]:
    """Whether a page says something that is neither wanted nor 0."""
    return lambda seen: any(value not in (0, wanted.get(name)) for name, value in seen.items())
