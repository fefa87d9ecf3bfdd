"""The slopes outlive the exporter: a new run goes on where the last one ended, whatever it finds."""

import time
from pathlib import Path
from typing import Optional

from conftest import Exporter, growing_component, running_exporter, until

# What no other test leaks at the same time.
COMPONENT = "webserver"
BYTES_PER_SECOND = 2_000_000.0
FLAGS = ("--trend.windows=60s", "--collector.component.cadence=250ms")


def slope(exporter: Exporter) -> Optional[float]:
    return exporter.value("airflow_component_memory_growth_bytes_per_second",
                          component=COMPONENT, kind="anon")


def is_right(value: Optional[float]) -> bool:
    return value is not None and abs(value - BYTES_PER_SECOND) < 0.2 * BYTES_PER_SECOND


def test_a_restart_blinds_it_not(tmp_path: Path):
    state = tmp_path / "state"
    flags = (*FLAGS, f"--storage.path={state}")
    with growing_component(COMPONENT, BYTES_PER_SECOND):
        with running_exporter(tmp_path, *flags) as exporter:
            # The window is full, and the start of the interpreter is out of it.
            time.sleep(75)
            assert is_right(slope(exporter))
        assert (state / "trends").stat().st_size < 200_000
        with running_exporter(tmp_path, *flags) as exporter:
            # Its 24 buckets alone would take it twelve seconds.
            until(lambda: slope(exporter) is not None, 5, "the slope is there")
            assert is_right(slope(exporter))
            # A second one does without.
            with running_exporter(tmp_path, *flags) as second:
                assert "another exporter" in second.log
                assert slope(second) is None
        history = bytearray((state / "trends").read_bytes())
        history[len(history) // 2] ^= 1
        (state / "trends").write_bytes(history)
        with running_exporter(tmp_path, *flags) as exporter:
            assert slope(exporter) is None
            assert "set aside" in exporter.log and "checksum" in exporter.log
            assert len(list(state.glob("trends.damaged-*"))) == 1


def test_the_directory_of_the_service_is_used(tmp_path: Path):
    state = tmp_path / "state"
    with running_exporter(tmp_path, STATE_DIRECTORY=str(state)):
        pass
    assert (state / "trends").exists()
