"""HTTP as scrapers and people use it."""

import gzip

import pytest

from conftest import Exporter, parse_page


@pytest.fixture
def exporter(start_exporter) -> Exporter:
    return start_exporter()


@pytest.mark.parametrize("path", ["/metricsfoo", "/metrics/", "/metrics/foo", "/nothing"])
def test_an_unknown_path_is_not_found(exporter: Exporter, path):
    assert exporter.get(path).status == 404


@pytest.mark.parametrize("path", ["/", "/metrics", "/healthz", "/readyz"])
def test_head_is_get_without_the_body(exporter: Exporter, path):
    answer = exporter.get(path, method="HEAD")
    assert answer.status == 200
    assert answer.body == b""
    assert answer.headers["content-type"] == exporter.get(path).headers["content-type"]


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_other_methods_are_refused(exporter: Exporter, method):
    answer = exporter.get("/metrics", method=method, data=b"x")
    assert answer.status == 405
    assert "GET" in answer.headers["allow"]


def test_gzip_where_the_client_takes_it(exporter: Exporter):
    answer = exporter.get(headers={"Accept-Encoding": "gzip"})
    assert answer.headers["content-encoding"] == "gzip"
    names = {sample.name for sample in parse_page(gzip.decompress(answer.body).decode())}
    assert "airflow_host_memory_total_bytes" in names


@pytest.mark.parametrize("accepted", ["gzip;q=0", "identity", "br"])
def test_no_gzip_where_the_client_does_not(exporter: Exporter, accepted):
    answer = exporter.get(headers={"Accept-Encoding": accepted})
    assert "content-encoding" not in answer.headers
    assert parse_page(answer.text)


def test_the_text_format_is_named(exporter: Exporter):
    kind = exporter.get().headers["content-type"].replace(" ", "")
    assert kind.startswith("text/plain;version=0.0.4")


def test_no_series_is_there_twice(exporter: Exporter):
    series = [(sample.name, tuple(sorted(sample.labels.items()))) for sample in exporter.samples()]
    assert len(series) == len(set(series))


def test_another_telemetry_path(start_exporter):
    exporter = start_exporter("--web.telemetry-path=/airflow-host")
    assert exporter.get("/airflow-host").status == 200
    assert exporter.get("/metrics").status == 404


def test_a_collector_that_is_off_is_not_on_the_page(start_exporter):
    exporter = start_exporter("--no-collector.host")
    names = {sample.name for sample in exporter.samples()}
    assert not any(name.startswith("airflow_host_memory_") for name in names)
    assert "airflow_host_exporter_build_info" in names
