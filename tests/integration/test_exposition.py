"""promtool, Prometheus's own judge of a page, has nothing to say about a live one."""

import subprocess

from conftest import Sandbox, until


def test_promtool_prints_nothing(start_exporter, sandbox: Sandbox):
    exporter = start_exporter(**sandbox.airflow_settings)
    for metric in ("airflow_metadata_up", "airflow_broker_up"):
        until(lambda: exporter.value(metric) == 1, 30, f"{metric} 1")
    verdict = subprocess.run(["promtool", "check", "metrics"], input=exporter.get().body,
                             capture_output=True, timeout=60, check=False)
    assert (verdict.stdout + verdict.stderr).decode() == ""
    assert verdict.returncode == 0
