"""Two thousand scrapes leave no descriptor and no memory behind."""

import os
import time
from pathlib import Path

from conftest import Exporter, Sandbox

SCRAPES = 2000
WARM_UP = 200
# What is remembered of processes, workers and trends takes its room in the first observations.
WARM_UP_SECONDS = 10
FAST = [f"--collector.{name}.cadence=1s" for name in ("container", "component", "metadata", "broker")]
# A page may still come to be touched for the first time; a leak of 64 bytes a scrape is above this.
MEMORY_SLACK_BYTES = 128 * 1024


def descriptors(exporter: Exporter) -> int:
    return len(os.listdir(f"/proc/{exporter.pid}/fd"))


def anonymous_bytes(exporter: Exporter) -> int:
    for line in Path(f"/proc/{exporter.pid}/status").read_text().splitlines():
        if line.startswith("RssAnon:"):
            return int(line.split()[1]) * 1024
    raise AssertionError("the exporter has no memory")


def test_scrapes_leave_nothing(start_exporter, sandbox: Sandbox):
    exporter = start_exporter(*FAST, **sandbox.airflow_settings)
    with sandbox.paused():
        for number in range(WARM_UP):
            exporter.get("/metrics" if number % 10 else "/")
        time.sleep(WARM_UP_SECONDS)
        before = descriptors(exporter), anonymous_bytes(exporter)
        for number in range(SCRAPES):
            assert exporter.get("/metrics" if number % 10 else "/").status == 200
        after = descriptors(exporter), anonymous_bytes(exporter)
    assert after[0] <= before[0] + 1, "one connection may still be closing"
    assert after[1] <= before[1] + MEMORY_SLACK_BYTES
