"""Grafana's provisioning files say what Grafana expects, and agree with Prometheus and the README."""

from pathlib import Path

import yaml

REPOSITORY = Path(__file__).resolve().parents[2]
PROVISIONING = REPOSITORY / "deploy" / "grafana" / "provisioning"


def read(path: Path) -> dict:
    return yaml.safe_load(path.read_text())


def test_the_data_source_is_prometheus_at_its_own_interval():
    file = read(PROVISIONING / "datasources" / "airflow-host.yml")
    assert file["apiVersion"] == 1
    (source,) = file["datasources"]
    assert source["type"] == "prometheus" and source["access"] == "proxy"
    prometheus = read(REPOSITORY / "deploy" / "prometheus" / "prometheus.yml")
    assert source["jsonData"]["timeInterval"] == prometheus["global"]["scrape_interval"]


def test_the_dashboards_are_read_from_where_the_readme_puts_them():
    file = read(PROVISIONING / "dashboards" / "airflow-host.yml")
    assert file["apiVersion"] == 1
    (provider,) = file["providers"]
    assert provider["type"] == "file" and provider["allowUiUpdates"] is False
    folder = provider["options"]["path"]
    assert f"cp dashboards/*.json {folder}/" in (REPOSITORY / "README.md").read_text()
