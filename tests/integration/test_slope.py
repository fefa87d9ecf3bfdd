"""The slope of a growing scheduler is its true rate, and it ends with the process it was of."""

import time
from typing import Optional

from conftest import Exporter, growing_component, until

WINDOW_SECONDS = 60
# So fast that the schedulers of other tests, which run at the same time, do not matter.
BYTES_PER_SECOND = 2_000_000.0
FLAGS = (f"--trend.windows={WINDOW_SECONDS}s", "--collector.component.cadence=250ms")


def slope(exporter: Exporter) -> Optional[float]:
    """Bytes per second; None where the exporter gives none."""
    values = [sample.value for sample in exporter.samples()
              if sample.name == "airflow_component_memory_growth_bytes_per_second"
              and sample.labels["component"] == "scheduler"
              and sample.labels.get("kind", "anon") == "anon"]
    assert len(values) <= 1
    return values[0] if values else None


def test_a_known_slope_and_its_end(start_exporter):
    with growing_component("scheduler", BYTES_PER_SECOND):
        exporter = start_exporter(*FLAGS)
        # The window is full, and the start of the interpreter is out of it.
        time.sleep(WINDOW_SECONDS + 10)
        seen = slope(exporter)
        assert seen is not None
        assert abs(seen - BYTES_PER_SECOND) < 0.1 * BYTES_PER_SECOND
    with growing_component("scheduler", 0.0):
        # The new process is judged by its own memory alone, or not yet at all.
        until(lambda: (slope(exporter) or 0.0) < 0.1 * BYTES_PER_SECOND, 10, "the old slope is gone")
        until(lambda: slope(exporter) is not None, WINDOW_SECONDS, "the new one has a slope")
        assert abs(slope(exporter) or 0.0) < 0.1 * BYTES_PER_SECOND
