"""A real Prometheus and a real Alertmanager with this project's rules, and what they send.

The shipped files are used, as generated copies in which only times, addresses and targets differ: an
hour of the rules' becomes two minutes, so that a test can wait for an alert and for its end.
"""

import json
import re
import subprocess
import threading
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Iterator, Optional

import yaml

from conftest import REPOSITORY, Exporter, free_port, until

PROMETHEUS = REPOSITORY / "deploy" / "prometheus"
ALERTMANAGER = REPOSITORY / "deploy" / "alertmanager" / "alertmanager.yml"
SHORTER = 30  # times
SHORTEST_SECONDS = 1
DURATION = re.compile(r"\b(\d+)([smhd])\b")
SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def shorten(duration: re.Match) -> str:
    seconds = int(duration.group(1)) * SECONDS[duration.group(2)]
    return f"{max(SHORTEST_SECONDS, round(seconds / SHORTER))}s"


def shorten_rule(rule: dict[str, Any]) -> dict[str, Any]:
    """The same rule with shorter waits and ranges; nothing else of it changes."""
    short = dict(rule)
    for key in ("for", "keep_firing_for"):
        if key in rule:
            short[key] = DURATION.sub(shorten, rule[key])
    in_ranges = re.compile(r"\[[^]]+\]|offset \w+")
    short["expr"] = in_ranges.sub(lambda part: DURATION.sub(shorten, part.group()), rule["expr"])
    return short


def shorten_routes(route: dict[str, Any]) -> dict[str, Any]:
    short = dict(route)
    for key in ("group_wait", "group_interval", "repeat_interval"):
        if key in route:
            short[key] = DURATION.sub(shorten, route[key])
    short["routes"] = [shorten_routes(child) for child in route.get("routes", [])]
    return short


def write_rules(folder: Path) -> None:
    folder.mkdir()
    for file in (PROMETHEUS / "rules").glob("*.yml"):
        rules = yaml.safe_load(file.read_text())
        for group in rules["groups"]:
            group["rules"] = [shorten_rule(rule) for rule in group["rules"]]
        (folder / file.name).write_text(yaml.safe_dump(rules))


def write_prometheus(folder: Path, target: str, alertmanager: str) -> Path:
    config = yaml.safe_load((PROMETHEUS / "prometheus.yml").read_text())
    config["global"] = {"scrape_interval": "1s", "scrape_timeout": "1s", "evaluation_interval": "1s"}
    del config["scrape_configs"][0]["scrape_timeout"]
    config["scrape_configs"][0]["static_configs"] = [{"targets": [target]}]
    config["alerting"]["alertmanagers"][0]["static_configs"] = [{"targets": [alertmanager]}]
    write_rules(folder / "rules")
    path = folder / "prometheus.yml"
    path.write_text(yaml.safe_dump(config))
    return path


def write_alertmanager(folder: Path, receiver: str) -> Path:
    config = yaml.safe_load(ALERTMANAGER.read_text())
    config["route"] = shorten_routes(config["route"])
    for each in config["receivers"]:
        for hook in each.get("webhook_configs", []):
            hook["url"] = f"http://{receiver}/{each['name']}"
    path = folder / "alertmanager.yml"
    path.write_text(yaml.safe_dump(config))
    return path


@dataclass(frozen=True)
class Delivery:
    """One alert of a message that Alertmanager sent."""

    receiver: str
    status: str  # "firing" or "resolved"
    labels: dict[str, str]
    annotations: dict[str, str]


class Receiver:
    """Takes Alertmanager's messages, as a pager does."""

    def __init__(self) -> None:
        self._deliveries: list[Delivery] = []
        self._lock = threading.Lock()

    def take(self, message: dict[str, Any]) -> None:
        with self._lock:
            self._deliveries += [
                Delivery(message["receiver"], alert["status"], alert["labels"],
                         alert["annotations"]) for alert in message["alerts"]]

    def last(self, alert: str, **labels: str) -> Optional[Delivery]:
        """What was said last of an alert."""
        wanted = {"alertname": alert, **labels}
        with self._lock:
            found = [one for one in self._deliveries
                     if wanted.items() <= one.labels.items()]
        return found[-1] if found else None


@contextmanager
def running_receiver() -> Iterator[tuple[Receiver, str]]:
    """A receiver and its address."""
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:  # noqa: N802  (the library's name)
            receiver.take(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield receiver, f"127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def running_server(folder: Path, program: str, *flags: str) -> Iterator[str]:
    """Prometheus or Alertmanager on a free loopback port; its address."""
    address = f"127.0.0.1:{free_port()}"
    log = folder / f"{program}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [program, f"--web.listen-address={address}", "--log.level=warn", *flags], cwd=folder,
            stdin=subprocess.DEVNULL, stdout=output, stderr=output)

    def is_ready() -> bool:
        assert process.poll() is None, f"{program} ended at once:\n{log.read_text()}"
        try:
            with urllib.request.urlopen(f"http://{address}/-/ready", timeout=10) as answer:
                return answer.status == 200
        except OSError:
            return False

    try:
        until(is_ready, 60, f"{program} is ready")
        yield address
    finally:
        process.terminate()
        process.wait(30)


@contextmanager
def running_alertmanager(folder: Path, config: Path) -> Iterator[str]:
    with running_server(folder, "prometheus-alertmanager", f"--config.file={config}",
                        f"--storage.path={folder}/alertmanager",
                        "--cluster.listen-address=") as address:
        yield address


@contextmanager
def watched(folder: Path, exporter: Exporter) -> Iterator[Receiver]:
    """Has Prometheus and Alertmanager watch an exporter; what they send ends up in the receiver."""
    with running_receiver() as (receiver, address), \
            running_alertmanager(folder, write_alertmanager(folder, address)) as alertmanager, \
            running_server(
                folder, "prometheus", "--rules.alert.resend-delay=2s",
                f"--config.file={write_prometheus(folder, exporter.address, alertmanager)}",
                f"--storage.tsdb.path={folder}/prometheus"):
        yield receiver
