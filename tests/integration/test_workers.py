"""Queues and workers of the page against real Celery workers with Airflow's settings on a real Redis.

Each test makes its own truth: it knows what it has published and what it has let the workers take.
"""

import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import contextmanager
from pathlib import Path
from typing import Callable, Iterator, Optional

import pytest
import redis

from celery_worker import HERE, QUEUES, begun, celery_worker, environment, kill
from conftest import Exporter, free_port, until

PRIORITIES = (0, 3, 6, 9)
VISIBILITY_TIMEOUT = 86_400
LEAST_SILENCE = 10  # Seconds; nobody is called lost sooner.
PATIENCE = 60  # With a busy machine.
START = "airflow_broker_start_timestamp_seconds"


class Broker:
    """A Redis of its own, and a Celery client that publishes to it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.client = redis.Redis(port=self.port)
        self.published: Counter[str] = Counter()
        self.hold = folder / "hold"
        self.start()

    def start(self) -> None:
        with (self.folder / "redis.log").open("ab") as log:
            self.process = subprocess.Popen(
                ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--save", "",
                 "--dir", str(self.folder)],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        until(self._answers, PATIENCE, "Redis answers")

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()

    def restart(self) -> None:
        """What it held is lost, for nothing is saved."""
        self.stop()
        self.published.clear()
        for trace in self.folder.glob("began-*"):
            trace.unlink()
        self.start()

    def _answers(self) -> bool:
        try:
            return self.client.ping()
        except redis.ConnectionError:
            return False

    def publish(self, queue: str, count: int = 1) -> None:
        """Tasks of every priority in turn."""
        script = ("import sys, celery_app\n"
                  "queue, first, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])\n"
                  "for number in range(first, first + count):\n"
                  "    celery_app.app.send_task('execute_command', [queue], queue=queue,\n"
                  f"                             priority={PRIORITIES}[number % 4])\n")
        subprocess.run(
            [sys.executable, "-c", script, queue, str(self.published[queue]), str(count)],
            env=environment(self.url, self.folder), cwd=HERE, check=True, timeout=PATIENCE)
        self.published[queue] += count

    @property
    def begun(self) -> Counter[str]:
        """Tasks that have begun to run, by queue."""
        return begun(self.folder)

    @contextmanager
    def worker(self, name: str, prefetch_multiplier: int = 1,
               queues: tuple[str, ...] = QUEUES) -> Iterator[subprocess.Popen]:
        with celery_worker(self.url, self.folder, name, prefetch_multiplier, queues) as process:
            yield process


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    broker = Broker(tmp_path)
    try:
        yield broker
    finally:
        broker.stop()


@pytest.fixture
def exporter(start_exporter: Callable[..., Exporter], broker: Broker) -> Exporter:
    return watch(start_exporter, broker)


def watch(start_exporter: Callable[..., Exporter], broker: Broker) -> Exporter:
    """An exporter of this broker."""
    return start_exporter(
        "--collector.disable-defaults", "--collector.broker", "--collector.broker.cadence=1s",
        AIRFLOW__CORE__EXECUTOR="CeleryExecutor", AIRFLOW__CELERY__BROKER_URL=broker.url,
        AIRFLOW__CELERY_BROKER_TRANSPORT_OPTIONS__VISIBILITY_TIMEOUT=str(VISIBILITY_TIMEOUT))


def figures(exporter: Exporter) -> dict[str, float]:
    """Everything that is compared, by name and label."""
    labelled = {"airflow_broker_queue_messages": "queue", "airflow_workers": "state",
                "airflow_worker_active_tasks": "worker",
                "airflow_worker_processed_tasks_total": "worker",
                "airflow_broker_unacked_messages": "", "airflow_broker_up": ""}
    return {" ".join((sample.name, sample.labels.get(labelled[sample.name], ""))).strip():
            sample.value for sample in exporter.samples() if sample.name in labelled}


def truth(queues: dict[str, int], unacked: int, live: int, lost: int, silent: int,
          workers: dict[str, tuple[int, int]], processed: dict[str, int]) -> dict[str, float]:
    """The same, as it should be. `workers`: active and processed of live ones by name; `processed`:
    of lost ones."""
    result: dict[str, float] = {"airflow_broker_up": 1, "airflow_broker_unacked_messages": unacked,
                                "airflow_workers live": live, "airflow_workers lost": lost,
                                "airflow_workers silent": silent}
    for queue, messages in queues.items():
        result[f"airflow_broker_queue_messages {queue}"] = messages
    for name, (active, taken) in workers.items():
        result[f"airflow_worker_active_tasks celery@{name}"] = active
        result[f"airflow_worker_processed_tasks_total celery@{name}"] = taken
    for name, taken in processed.items():
        result[f"airflow_worker_processed_tasks_total celery@{name}"] = taken
    return result


def expect(exporter: Exporter, queues: dict[str, int], unacked: int, live: int = 0, lost: int = 0,
           silent: int = 0, workers: Optional[dict[str, tuple[int, int]]] = None,
           processed: Optional[dict[str, int]] = None) -> None:
    """The page comes to say this, and says nothing else a little later."""
    wanted = truth(queues, unacked, live, lost, silent, workers or {}, processed or {})
    try:
        until(lambda: figures(exporter) == wanted, PATIENCE, "the page tells the truth")
    except BaseException:
        print("wanted", sorted(wanted.items()), "\nseen  ", sorted(figures(exporter).items()))
        raise
    begin = time.monotonic()
    while time.monotonic() - begin < 2.5:  # Longer than a cadence and a heartbeat.
        time.sleep(0.2)
        # On a busy machine an observation may be late, and then its figures are absent.
        assert figures(exporter).items() <= wanted.items()


def eventual(exporter: Exporter, name: str, **labels: str) -> float:
    """The value, once it is there: that of an observation that came late is absent."""
    seen: list[float] = []

    def is_there() -> bool:
        value = exporter.value(name, **labels)
        if value is not None:
            seen.append(value)
        return value is not None

    until(is_there, PATIENCE, name)
    return seen[0]


def test_200_tasks_over_3_queues_with_priorities(broker: Broker, exporter: Exporter):
    begin = time.time()
    broker.hold.touch()
    for queue, count in zip(QUEUES, (100, 60, 40)):
        broker.publish(queue, count)
    expect(exporter, {"default": 100, "high": 60, "low": 40}, unacked=0)
    with broker.worker("one"):
        until(lambda: broker.begun.total() == 2, PATIENCE, "two tasks run")
        waiting = broker.published - broker.begun
        expect(exporter, dict(waiting), unacked=2, live=1, workers={"one": (2, 2)})
        check_oldest(exporter, begin)

        # A message that somebody pops and drops is neither waiting nor fetched.
        assert broker.client.rpop("low\x06\x163")
        waiting["low"] -= 1
        expect(exporter, dict(waiting), unacked=2, live=1, workers={"one": (2, 2)})

        broker.hold.unlink()
        until(lambda: broker.begun.total() == 199, PATIENCE, "all tasks have run")
        # Drained queues have no list any more; they are 0, not absent.
        assert not broker.client.exists(*QUEUES)
        expect(exporter, dict.fromkeys(QUEUES, 0), unacked=0, live=1, workers={"one": (0, 199)})
        assert exporter.value("airflow_broker_oldest_unacked_timestamp_seconds") is None


def check_oldest(exporter: Exporter, begin: float) -> None:
    """The oldest message was fetched, and the last heartbeat published, within this test."""
    oldest = eventual(exporter, "airflow_broker_oldest_unacked_timestamp_seconds")
    assert begin < oldest < time.time()
    heartbeat = eventual(exporter, "airflow_worker_heartbeat_timestamp_seconds",
                         worker="celery@one")
    assert begin < heartbeat <= time.time()
    assert eventual(exporter, "airflow_broker_visibility_timeout_seconds") == VISIBILITY_TIMEOUT


def test_prefetch_of_4_and_a_worker_killed_in_mid_task(
        broker: Broker, exporter: Exporter, start_exporter: Callable[..., Exporter]):
    broker.hold.touch()
    broker.publish("default", 20)
    queues = {"default": 12, "high": 0, "low": 0}
    with broker.worker("one", prefetch_multiplier=4) as worker, \
            broker.worker("guest", queues=("quiet",)) as guest:
        until(lambda: broker.begun.total() == 2, PATIENCE, "two tasks run")
        # Two processes, four messages for each; two of the eight run.
        expect(exporter, {**queues, "quiet": 0}, unacked=8, live=2,
               workers={"one": (2, 2), "guest": (0, 0)})

        # One is killed: its messages come back after the visibility timeout only, and its control
        # queue stays bound. The other is told to end: it says goodbye, and is not lost.
        kill(worker)
        guest.send_signal(signal.SIGTERM)
        guest.wait(PATIENCE)
        expect(exporter, {**queues, "quiet": 0}, unacked=8, lost=1, processed={"one": 2})

        # One that starts only now cannot tell when the worker died, and calls it silent.
        expect(watch(start_exporter, broker), {**queues, "quiet": 0}, unacked=8, silent=1)

    with broker.worker("two"):
        until(lambda: broker.begun.total() == 4, PATIENCE, "two more tasks run")
        expect(exporter, {**queues, "default": 10, "quiet": 0}, unacked=10, live=1, lost=1,
               workers={"two": (2, 2)}, processed={"one": 2})
        with broker.worker("one"):
            until(lambda: broker.begun.total() == 6, PATIENCE, "two more tasks run")
            expect(exporter, {**queues, "default": 8, "quiet": 0}, unacked=12, live=2,
                   workers={"two": (2, 2), "one": (2, 2)})


def test_redis_restarted_under_a_running_worker(broker: Broker, exporter: Exporter):
    broker.publish("default", 4)
    with broker.worker("one"):
        expect(exporter, dict.fromkeys(QUEUES, 0), unacked=0, live=1, workers={"one": (0, 4)})
        started = eventual(exporter, START)
        broker.restart()
        restarted = time.monotonic()
        broker.publish("elsewhere", 3)
        # The worker connects anew by itself, and nobody is called lost for as long as it may take.
        lost_early = []

        def is_back() -> bool:
            now = figures(exporter)
            if time.monotonic() - restarted < LEAST_SILENCE:
                lost_early.append(now.get("airflow_workers lost", 0))
            # What was observed before the restart is on the page for a while.
            return exporter.value(START) not in (None, started) and \
                figures(exporter).get("airflow_workers live") == 1

        until(is_back, PATIENCE, "the worker is heard again")
        assert not any(lost_early)
        assert eventual(exporter, START) > started
        expect(exporter, {**dict.fromkeys(QUEUES, 0), "elsewhere": 3}, unacked=0, live=1,
               workers={"one": (0, 4)})
