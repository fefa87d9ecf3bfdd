"""Compares a figure of the exporter with the truth, which both move while Airflow works."""

import time
from typing import Any, Callable

from integration import Exporter

SECONDS = 60
# Each exporter, and how it tells which tasks are lost.
OfEachMethod = list[tuple[Exporter, str]]


def agree(figure: Callable[[], Any], truth: Callable[[], Any], seconds: float = SECONDS) -> None:
    """Waits until both are equal; fails with the last of each if they do not come to be.

    The exporter's figure is at most a cadence old, so they must agree once Airflow stands still."""
    end = time.monotonic() + seconds
    while True:
        before, said, after = truth(), figure(), truth()
        if said == before == after:
            return
        if time.monotonic() > end:
            assert said == after
            raise AssertionError(f"the truth does not stand still: {before}, then {after}")
        time.sleep(0.5)


def with_zeros(exporter: Exporter, name: str, *labels: str) -> dict[tuple[str, ...], float]:
    """The values of a metric by the values of these labels."""
    return {tuple(sample.labels[label] for label in labels): sample.value
            for sample in exporter.samples() if sample.name == name}


def by_labels(exporter: Exporter, name: str, *labels: str) -> dict[tuple[str, ...], float]:
    """Those of them that are not 0."""
    values = with_zeros(exporter, name, *labels)
    return {key: value for key, value in values.items() if value != 0}


def by_label(exporter: Exporter, name: str, label: str) -> dict[str, float]:
    return {key[0]: value for key, value in by_labels(exporter, name, label).items()}
