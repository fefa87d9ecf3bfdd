"""Whatever befalls the metadata database: one connection, all other metrics as ever, and back within
two cadences. What the collector alone does in each case: tests/integration/metadata."""

import shutil
import subprocess
import time
from pathlib import Path
from typing import Callable, Iterator, Optional

import pytest

from conftest import Exporter, Sandbox, until
from database_proxy import LISTENING_NAME, DatabaseProxy, database_proxy

CADENCE_SECONDS = 4
FLAGS = (f"--collector.metadata.cadence={CADENCE_SECONDS}s",
         f"--collector.broker.cadence={CADENCE_SECONDS}s", "--collector.host.cadence=1s")
# An attempt may be under way, and takes up to its 5 s to count as stuck.
UNTIL_DOWN_SECONDS = 30
TROUBLE_SECONDS = 12
UP = "airflow_metadata_up"
FAILURES = "airflow_metadata_connection_failures_total"


@pytest.fixture
def proxy(sandbox: Sandbox) -> Iterator[DatabaseProxy]:
    # A unix socket's path has to be short.
    folder = Path(subprocess.check_output(["mktemp", "-d", "/tmp/proxy-XXXXXX"], text=True).strip())
    try:
        with database_proxy(folder, sandbox.folder / "run" / LISTENING_NAME) as proxy:
            yield proxy
    finally:
        shutil.rmtree(folder)


@pytest.fixture
def exporter(start_exporter, sandbox: Sandbox, proxy: DatabaseProxy) -> Exporter:
    settings = sandbox.airflow_settings
    url = settings["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"]
    run = str(sandbox.folder / "run")
    assert run in url
    settings["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"] = url.replace(run, str(proxy.folder))
    exporter = start_exporter(*FLAGS, **settings)
    until(lambda: exporter.value(UP) == 1, 30, f"{UP} 1")
    assert exporter.value(FAILURES) == 0
    return exporter


def success(exporter: Exporter) -> Optional[float]:
    return exporter.value("airflow_host_exporter_collector_success", collector="metadata")


def check_trouble(exporter: Exporter, begin: Callable[[], None], end: Callable[[], None],
                  answers: bool = False) -> None:
    """What `begin` begins costs the metadata alone; the database answers all the same, or not."""
    begin()
    until(lambda: success(exporter) == 0, UNTIL_DOWN_SECONDS, "metadata is not observed")
    stop = time.monotonic() + TROUBLE_SECONDS
    while time.monotonic() < stop:
        assert exporter.get().status == 200
        assert success(exporter) == 0
        assert exporter.value(UP) == (1 if answers else 0)
        assert exporter.value(FAILURES) is not None, "it is told while it matters"
        assert exporter.value("airflow_broker_up") == 1
        fresh = exporter.value("airflow_host_exporter_collector_last_success_timestamp_seconds",
                               collector="host")
        assert fresh is not None and time.time() - fresh < 5
        time.sleep(0.3)
    end()
    until(lambda: success(exporter) == 1, 2 * CADENCE_SECONDS + 5,
          "metadata is observed again within two cadences (and a busy machine's delays)")


def test_a_byte_a_second(exporter: Exporter, proxy: DatabaseProxy):
    def drip(drips: bool) -> None:
        proxy.drips = drips

    check_trouble(exporter, lambda: drip(True), lambda: drip(False))
    assert proxy.most_at_once == 1
    assert exporter.value(FAILURES) == 0


def test_a_server_that_is_gone(exporter: Exporter, proxy: DatabaseProxy):
    check_trouble(exporter, proxy.take_down, proxy.bring_up)
    assert proxy.most_at_once == 1
    assert exporter.value(FAILURES) >= 1


def test_a_table_that_is_locked(exporter: Exporter, proxy: DatabaseProxy, sandbox: Sandbox):
    lock = sandbox.connect()
    lock.autocommit = False
    with lock.cursor() as cursor:
        check_trouble(exporter,
                      lambda: cursor.execute("LOCK TABLE task_instance IN ACCESS EXCLUSIVE MODE"),
                      lock.rollback, answers=True)
    lock.close()
    assert proxy.most_at_once == 1
    assert exporter.value(FAILURES) == 0
