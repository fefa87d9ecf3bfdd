"""A server that has stopped in mid-work costs a scrape nothing, and is asked by one connection."""

import os
import statistics
import time
from pathlib import Path

import pytest

from conftest import Exporter, Sandbox, stopped, until

CADENCE_SECONDS = 4
FLAGS = (f"--collector.metadata.cadence={CADENCE_SECONDS}s",
         f"--collector.broker.cadence={CADENCE_SECONDS}s", "--collector.host.cadence=1s")
HANG_SECONDS = 25
# What is promised of an answer, and what a busy machine may make of the slowest of many: far below
# any deadline of a server, so that one that waited for a server is seen.
USUAL_SECONDS = 0.1
SLOWEST_SECONDS = 1.0
UNTIL_DOWN_SECONDS = 20


@pytest.fixture
def exporter(start_exporter, sandbox: Sandbox) -> Exporter:
    exporter = start_exporter(*FLAGS, **sandbox.airflow_settings)
    for metric in ("airflow_metadata_up", "airflow_broker_up"):
        until(lambda: exporter.value(metric) == 1, 30, f"{metric} 1")
    return exporter


def unix_connections(pid: int) -> int:
    """The unix stream sockets that the process has: its connections to PostgreSQL and Redis."""
    inodes = set()
    for entry in Path(f"/proc/{pid}/fd").iterdir():
        try:
            target = os.readlink(entry)
        except FileNotFoundError:
            continue  # Closed meanwhile.
        if target.startswith("socket:["):
            inodes.add(target[8:-1])
    lines = Path("/proc/net/unix").read_text().splitlines()[1:]
    stream = "0001"
    return sum(1 for words in map(str.split, lines) if words[4] == stream and words[6] in inodes)


def check_answers_while_hanging(exporter: Exporter, up_metric: str, connections: int) -> None:
    """For as long as the server hangs: quick answers, fresh host values, no second connection."""
    begin = time.monotonic()
    went_down = None
    seconds = []
    while time.monotonic() - begin < HANG_SECONDS:
        answer = exporter.get()
        assert answer.status == 200
        seconds.append(answer.seconds)
        fresh = exporter.value("airflow_host_exporter_collector_last_success_timestamp_seconds",
                               collector="host")
        assert fresh is not None and time.time() - fresh < 5
        assert unix_connections(exporter.pid) <= connections
        if went_down is None and exporter.value(up_metric) == 0:
            went_down = time.monotonic() - begin
        time.sleep(0.3)
    assert statistics.median(seconds) < USUAL_SECONDS
    assert max(seconds) < SLOWEST_SECONDS
    assert went_down is not None and went_down < UNTIL_DOWN_SECONDS
    assert exporter.value(up_metric) == 0


def check_recovers(exporter: Exporter, up_metric: str) -> None:
    until(lambda: exporter.value(up_metric) == 1, 2 * CADENCE_SECONDS + 1,
          f"{up_metric} is 1 again within two cadences")


def test_postgres_stops_in_the_middle_of_a_query(exporter: Exporter, sandbox: Sandbox):
    connections = unix_connections(exporter.pid)
    assert connections >= 1
    lock, watch = sandbox.connect(), sandbox.connect()
    with lock.cursor() as cursor, watch.cursor() as observer:
        # The exporter's next query waits for this lock: then its backend is stopped.
        lock.autocommit = False
        cursor.execute("LOCK TABLE task_instance IN ACCESS EXCLUSIVE MODE")
        backends: list[tuple[int]] = []

        def waits() -> bool:
            observer.execute(
                "SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock' "
                "AND application_name ~ 'airflow.host.exporter'")
            backends[:] = observer.fetchall()
            return bool(backends)

        end = time.monotonic() + 30
        while not waits() and time.monotonic() < end:
            time.sleep(0.005)  # lock_timeout is short.
        assert len(backends) == 1, "one backend of the exporter waits for the lock"
        with stopped(sandbox.pid("postgres"), backends[0][0]):
            lock.rollback()
            check_answers_while_hanging(exporter, "airflow_metadata_up", connections)
            assert exporter.value("airflow_broker_up") == 1
            with stopped(sandbox.pid("redis")):
                check_answers_while_hanging(exporter, "airflow_broker_up", connections)
                assert exporter.value("airflow_metadata_up") == 0
            check_recovers(exporter, "airflow_broker_up")
    check_recovers(exporter, "airflow_metadata_up")
    lock.close()
    watch.close()


def test_redis_stops(exporter: Exporter, sandbox: Sandbox):
    connections = unix_connections(exporter.pid)
    with stopped(sandbox.pid("redis")):
        check_answers_while_hanging(exporter, "airflow_broker_up", connections)
        assert exporter.value("airflow_metadata_up") == 1
    check_recovers(exporter, "airflow_broker_up")


def test_ends_in_time_while_both_hang(exporter: Exporter, sandbox: Sandbox):
    with stopped(sandbox.pid("redis"), sandbox.pid("postgres")):
        time.sleep(CADENCE_SECONDS + 1)  # An attempt is under way now.
        begin = time.monotonic()
        assert exporter.stop() == 0
        assert time.monotonic() - begin < 3
