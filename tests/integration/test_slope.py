"""The slope of a growing scheduler is its true rate, and it ends with the process it was of."""

import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import Iterator, Optional

from conftest import Exporter, until

WINDOW_SECONDS = 60
BYTES_PER_SECOND = 400_000.0
FLAGS = (f"--trend.windows={WINDOW_SECONDS}s", "--collector.component.cadence=250ms")


@contextmanager
def scheduler(bytes_per_second: float) -> Iterator[None]:
    process = subprocess.Popen(
        [sys.executable, str(Path(__file__).with_name("airflow")), "scheduler",
         str(bytes_per_second)], stdin=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.kill()
        process.wait()


def slope(exporter: Exporter) -> Optional[float]:
    """Bytes per second; None where the exporter gives none."""
    values = [sample.value for sample in exporter.samples()
              if sample.name == "airflow_component_memory_growth_bytes_per_second"
              and sample.labels["component"] == "scheduler"
              and sample.labels.get("kind", "anon") == "anon"]
    assert len(values) <= 1
    return values[0] if values else None


def test_a_known_slope_and_its_end(start_exporter):
    with scheduler(BYTES_PER_SECOND):
        exporter = start_exporter(*FLAGS)
        # The window is full, and the start of the interpreter is out of it.
        time.sleep(WINDOW_SECONDS + 10)
        seen = slope(exporter)
        assert seen is not None
        assert abs(seen - BYTES_PER_SECOND) < 0.1 * BYTES_PER_SECOND
    with scheduler(0.0):
        # The new process is judged by its own memory alone, or not yet at all.
        until(lambda: (slope(exporter) or 0.0) < 0.1 * BYTES_PER_SECOND, 10, "the old slope is gone")
        until(lambda: slope(exporter) is not None, WINDOW_SECONDS, "the new one has a slope")
        assert abs(slope(exporter) or 0.0) < 0.1 * BYTES_PER_SECOND
