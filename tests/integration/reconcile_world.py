"""What test_reconcile_*.py stand on: a real PostgreSQL with Airflow's tables, a real Redis and real
Celery workers, and the figures of lost, phantom and unaccounted tasks, catatonic workers and stalled
queues.

Each test makes its own truth: it writes the rows that Airflow would write, publishes the messages
that belong to them, and then takes one of the two away. A difference counts once it has lasted for a
minute, so each of these tests takes minutes, and has a file of its own.
"""

import time
import uuid
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Callable, Iterator, Optional

import pytest
from celery import Celery

from celery_worker import QUEUES, begun_ids, celery_worker, kill
from conftest import Exporter, Sandbox, running_sandbox, until

PATIENCE = 240  # Seconds; a difference must last for 60 of them.
DIFFERENCE_LASTS = 60
AIRFLOW_3_3 = "d2f4e1b3c5a7"
TOKEN = "c2VjcmV0LW9mLWEtdGFzaw"  # Stands for the credential in every message of Airflow 3.
LABELS = {"airflow_tasks_lost": ("queue", "method"), "airflow_tasks_phantom_running": ("reason",),
          "airflow_tasks_unaccounted_messages": (), "airflow_workers_catatonic": (),
          "airflow_queue_stalled": ("queue",)}


class World:
    """Rows and messages that correspond, as Airflow keeps them."""

    def __init__(self, sandbox: Sandbox, folder: Path) -> None:
        self.sandbox = sandbox
        self.folder = folder
        self.hold = folder / "hold"  # Tasks run for as long as it is there.
        self.hold.touch()
        self.url = sandbox.settings["AIRFLOW__CELERY__BROKER_URL"]
        self.celery = Celery("airflow.providers.celery.executors.celery_executor", broker=self.url)
        self.execute("INSERT INTO dag_run (dag_id, run_id, run_type, state, run_after) "
                     "VALUES ('orders', 'run', 'scheduled', 'running', now())")

    def execute(self, sql: str, *values: Any) -> None:
        connection = self.sandbox.connect()
        try:
            with connection.cursor() as cursor:
                cursor.execute(sql, values)
        finally:
            connection.close()

    def queue(self, queue: str, executor: Optional[str] = None) -> str:
        """A task instance that has been queued for five minutes; the id of its message."""
        message_id = str(uuid.uuid4())
        self.execute(
            "INSERT INTO task_instance (id, task_id, dag_id, run_id, state, try_number, pool, queue, "
            "executor, queued_dttm, external_executor_id) VALUES (%s, %s, 'orders', 'run', 'queued', "
            "1, 'default_pool', %s, %s, now() - interval '5 minutes', %s)",
            str(uuid.uuid4()), f"task_{message_id}", queue, executor, message_id)
        return message_id

    def send(self, queue: str, message_id: Optional[str] = None, seconds: float = 0) -> None:
        self.celery.send_task("execute_command", [queue, TOKEN, seconds], queue=queue,
                              task_id=message_id)

    def queue_and_send(self, queue: str, count: int, seconds: float = 0) -> None:
        for _ in range(count):
            self.send(queue, self.queue(queue), seconds)

    def set_state(self, state: str, message_ids: set[str], hostname: str = "worker") -> None:
        """With what Airflow writes besides when a task begins; its heart beats for an hour."""
        self.execute(
            "UPDATE task_instance SET state = %s, last_heartbeat_at = now() + interval '1 hour', "
            "hostname = %s, pid = 1, start_date = now() WHERE external_executor_id = ANY(%s)",
            state, hostname, list(message_ids))

    def ids(self, state: str) -> set[str]:
        """The message ids of the task instances in this state."""
        return {row[0] for row in self.sandbox.rows(
            f"SELECT external_executor_id FROM task_instance WHERE state = '{state}'")}

    def drop(self, queue: str) -> str:
        """Takes a message off its list, as a client that crashes does; the id."""
        message = self.sandbox.redis().rpop(queue)
        assert message is not None
        held = {row[0] for row in self.sandbox.rows(
            "SELECT external_executor_id FROM task_instance")}
        found = [message_id for message_id in held if message_id.encode() in message]
        assert len(found) == 1
        return found[0]

    @property
    def unacked(self) -> int:
        return self.sandbox.redis().hlen("unacked")

    def wait_for_begun(self, count: int) -> set[str]:
        """As many tasks have begun to run; the ids of all that have."""
        until(lambda: len(begun_ids(self.folder)) == count, PATIENCE, f"{count} tasks have begun")
        return begun_ids(self.folder)

    def worker(self, name: str, prefetch_multiplier: int = 1, queues: tuple[str, ...] = QUEUES):
        return celery_worker(self.url, self.folder, name, prefetch_multiplier, queues)

    def cancel_consumers(self, name: str, queues: tuple[str, ...] = QUEUES) -> None:
        """The worker goes on living, and takes nothing; others must have no place free meanwhile."""
        destination = [f"celery@{name}"]
        control = self.celery.control
        until(lambda: bool(control.ping(destination, timeout=2)), PATIENCE, "the worker answers")
        for queue in queues:
            assert control.cancel_consumer(queue, destination=destination, reply=True, timeout=30)

        def waits_for_messages() -> bool:
            return any("b" in client["flags"] for client in self.sandbox.redis().client_list())

        # What it had asked Redis for before would still give it one message.
        until(lambda: not waits_for_messages(), PATIENCE, "the worker asks for nothing")

    @contextmanager
    def without_consumers(self, name: str, queues: tuple[str, ...] = QUEUES) -> Iterator[None]:
        """Meanwhile the worker takes nothing."""
        self.cancel_consumers(name, queues)
        yield
        for queue in queues:
            assert self.celery.control.add_consumer(queue, destination=[f"celery@{name}"],
                                                    reply=True, timeout=30)


@pytest.fixture
def world(sandbox_folder: Path, tmp_path: Path) -> Iterator[World]:
    with running_sandbox(sandbox_folder, "--servers-only") as sandbox:
        world = World(sandbox, tmp_path)
        yield world
        world.celery.close()


@pytest.fixture
def exporter_of(start_exporter: Callable[..., Exporter], world: World) -> Callable[..., Exporter]:
    def start(*flags: str) -> Exporter:
        settings = world.sandbox.airflow_settings | {
            "AIRFLOW__CORE__EXECUTOR": "CeleryExecutor,KubernetesExecutor"}
        return start_exporter(
            "--collector.disable-defaults", "--collector.broker", "--collector.broker.cadence=1s",
            "--collector.metadata", "--collector.metadata.cadence=1s", *flags, **settings)

    return start


@pytest.fixture
def exporters(world: World, exporter_of: Callable[..., Exporter]) -> dict[str, Exporter]:
    """One beside an Airflow 3.3 of either way to tell what is lost, by the method."""
    world.execute("UPDATE alembic_version SET version_num = %s", AIRFLOW_3_3)
    return {"message_id": exporter_of("--broker.message-ids"), "count": exporter_of()}


def figures(exporter: Exporter) -> dict[str, float]:
    """Everything that is compared, by name and labels."""
    return {" ".join((sample.name, *(sample.labels[name] for name in LABELS[sample.name]))):
            sample.value for sample in exporter.samples() if sample.name in LABELS}


def truth(method: str = "count", queues: tuple[str, ...] = QUEUES,
          **differences: float) -> dict[str, float]:
    """All 0 but what is named: lost_QUEUE, stalled_QUEUE, heartbeat_lost, unaccounted_messages, ..."""
    wanted = {
        **{f"airflow_tasks_lost {queue} {method}": differences.pop(f"lost_{queue}", 0)
           for queue in queues},
        **{f"airflow_queue_stalled {queue}": differences.pop(f"stalled_{queue}", 0)
           for queue in queues},
        "airflow_tasks_phantom_running heartbeat_lost": differences.pop("heartbeat_lost", 0),
        "airflow_tasks_phantom_running unaccounted": differences.pop("phantom_unaccounted", 0),
        "airflow_tasks_unaccounted_messages": differences.pop("unaccounted_messages", 0),
        "airflow_workers_catatonic": differences.pop("catatonic", 0),
    }
    assert not differences
    return wanted


def expect(exporter: Exporter, wanted: dict[str, float],
           never: Callable[[dict[str, float]], bool] = lambda seen: False) -> None:
    """The page comes to say this, and says nothing else a little later. On the way there it says
    nothing for which `never` holds."""
    _expect({"": exporter}, {"": wanted}, lambda method, seen: never(seen))


def expect_of_each(exporters: dict[str, Exporter], wanted: dict[str, dict[str, float]]) -> None:
    """The same of several exporters at once, by the method of each. On the way there none of them
    says anything that is neither wanted, nor 0, nor what it said before."""
    before = {method: figures(exporter) for method, exporter in exporters.items()}

    def is_false(method: str, seen: dict[str, float]) -> bool:
        return any(value not in (0, wanted[method].get(name), before[method].get(name))
                   for name, value in seen.items())

    _expect(exporters, wanted, is_false)


def _expect(exporters: dict[str, Exporter], wanted: dict[str, dict[str, float]],
            never: Callable[[str, dict[str, float]], bool]) -> None:
    seen: dict[str, dict[str, float]] = {}

    def agrees() -> bool:
        for method, exporter in exporters.items():
            seen[method] = figures(exporter)
            assert not never(method, seen[method])
        return seen == wanted

    try:
        until(agrees, PATIENCE, "the pages tell the truth")
    except BaseException:
        for method, page in seen.items():
            print("wanted", sorted(wanted[method].items()), "\nseen  ", sorted(page.items()))
        raise
    begin = time.monotonic()
    while time.monotonic() - begin < 5:
        time.sleep(0.5)
        for method, exporter in exporters.items():
            # On a busy machine an observation may be late, and then its figures may be absent.
            assert figures(exporter).items() <= wanted[method].items()


def messages(exporter: Exporter, queue: str) -> Optional[float]:
    return exporter.value("airflow_broker_queue_messages", queue=queue)


def any_lost(seen: dict[str, float]) -> bool:
    return any(value > 0 for name, value in seen.items() if name.startswith("airflow_tasks_lost"))
