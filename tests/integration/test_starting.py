"""How the program starts, refuses to start, reads its settings anew, and ends."""

import os
import shutil
import signal
import socket
import time
from pathlib import Path

import pytest

from conftest import BINARY, Sandbox, until


def test_starts_without_airflow_and_says_what_is_missing(start_exporter):
    exporter = start_exporter()
    assert exporter.value("airflow_host_memory_total_bytes") > 0
    page = exporter.get("/")
    assert page.status == 200
    for needed in ("AIRFLOW__DATABASE__SQL_ALCHEMY_CONN", "AIRFLOW__CELERY__BROKER_URL"):
        assert needed in page.text
    assert exporter.value("airflow_metadata_up") is None
    assert exporter.value("airflow_broker_up") is None


def test_version_goes_to_standard_output(refused):
    answer = refused("--version")
    assert answer.exit_code == 0
    assert "airflow-host-exporter" in answer.output
    assert answer.lines == []


def test_check_config_names_the_origin_of_a_setting(refused):
    answer = refused("--check-config", AIRFLOW_HOST_EXPORTER_LOG_LEVEL="debug")
    assert answer.exit_code == 0
    lines = [line for line in answer.output.splitlines() if "log.level" in line]
    assert len(lines) == 1
    assert "debug" in lines[0] and "AIRFLOW_HOST_EXPORTER_LOG_LEVEL" in lines[0]


@pytest.mark.parametrize("flag", ["--no-such-flag", "--collector.host.cadence=soon",
                                  "--web.listen-address=nowhere", "--web.telemetry-path=metrics"])
def test_a_wrong_flag_is_refused_in_one_line(refused, flag):
    answer = refused(flag)
    assert answer.exit_code == 2
    assert len(answer.lines) == 1
    assert flag.split("=")[0].lstrip("-") in answer.lines[0]


@pytest.mark.parametrize("name, value", [
    ("AIRFLOW_HOST_EXPORTER_METADATA_URL", "postgresql:/hidden-secret"),
    ("AIRFLOW_HOST_EXPORTER_BROKER_URL", "hidden-secret"),
])
def test_a_wrong_url_is_refused_without_showing_it(refused, name, value):
    answer = refused(**{name: value})
    assert answer.exit_code in (1, 2)
    assert len(answer.lines) == 1
    assert "hidden-secret" not in answer.lines[0]


def test_an_unreadable_airflow_cfg_is_refused(refused, tmp_path: Path):
    settings = tmp_path / "airflow.cfg"
    settings.write_text("[core]\nexecutor = CeleryExecutor\n")
    settings.chmod(0)
    prefix: tuple[str, ...] = ()
    binary = BINARY
    if os.geteuid() == 0:  # Root reads everything, so somebody else must try.
        prefix = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups")
        binary = Path(shutil.copy(BINARY, tmp_path / "exporter"))
        for folder in (tmp_path, *tmp_path.parents[:-2]):
            folder.chmod(folder.stat().st_mode | 0o055)
    answer = refused(prefix=prefix, binary=binary, AIRFLOW_CONFIG=str(settings))
    assert answer.exit_code == 1
    assert len(answer.lines) == 1
    assert str(settings) in answer.lines[0]


def test_an_occupied_port_is_refused_in_one_line(refused):
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        answer = refused(f"--web.listen-address=127.0.0.1:{port}")
    assert answer.exit_code == 1
    errors = [line for line in answer.lines if str(port) in line]
    assert len(errors) == 1


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_ends_soon_and_well(start_exporter, number):
    exporter = start_exporter()
    begin = time.monotonic()
    exporter.process.send_signal(number)
    assert exporter.process.wait(10) == 0
    assert time.monotonic() - begin < 3


def test_hangup_reads_the_file_anew(start_exporter, sandbox: Sandbox, tmp_path: Path):
    file = tmp_path / "exporter.yml"
    file.write_text("log:\n  level: info\n")
    exporter = start_exporter(f"--config.file={file}", "--collector.metadata.cadence=1s")
    assert exporter.value("airflow_metadata_up") is None
    url = sandbox.airflow_settings["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"]
    file.write_text(f"metadata:\n  url: {url}\n")
    exporter.process.send_signal(signal.SIGHUP)
    until(lambda: exporter.value("airflow_metadata_up") == 1, 15, "airflow_metadata_up 1")


def test_hangup_leaves_collectors_alone_that_it_does_not_concern(start_exporter, tmp_path: Path):
    file = tmp_path / "exporter.yml"
    file.write_text("log:\n  level: info\n")
    exporter = start_exporter(f"--config.file={file}")
    file.write_text("log:\n  format: logfmt\n")
    exporter.process.send_signal(signal.SIGHUP)
    until(lambda: "none of them concerns a collector" in exporter.log, 10, "the log says so")


def test_hangup_keeps_the_old_settings_where_the_file_is_wrong(start_exporter, tmp_path: Path):
    file = tmp_path / "exporter.yml"
    file.write_text("log:\n  level: info\n")
    exporter = start_exporter(f"--config.file={file}")
    file.write_text("log:\n  level: loud\n")
    exporter.process.send_signal(signal.SIGHUP)
    until(lambda: "loud" in exporter.log, 10, "the log says what is wrong")
    assert exporter.get().status == 200
