"""A real Prometheus and a real Alertmanager with this project's rules, and what they send."""

import json
import subprocess
import threading
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Iterator, Optional

from alert_files import write_alertmanager, write_prometheus
from conftest import Exporter, free_port, until


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
def running_prometheus(folder: Path, exporter: Exporter, alertmanager: str) -> Iterator[str]:
    config = write_prometheus(folder, exporter.address, alertmanager)
    with running_server(folder, "prometheus", f"--config.file={config}",
                        f"--storage.tsdb.path={folder}/prometheus",
                        "--rules.alert.resend-delay=2s") as address:
        yield address


@contextmanager
def watched(folder: Path, exporter: Exporter) -> Iterator[Receiver]:
    """Has Prometheus and Alertmanager watch an exporter; what they send ends up in the receiver."""
    with running_receiver() as (receiver, address), \
            running_alertmanager(folder, write_alertmanager(folder, address)) as alertmanager, \
            running_prometheus(folder, exporter, alertmanager):
        yield receiver


def call(address: str, path: str, data: Any = None) -> Any:
    """What a server answers in JSON; `data` is posted."""
    request = urllib.request.Request(
        f"http://{address}{path}", data=None if data is None else json.dumps(data).encode(),
        headers={"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.loads(answer.read() or "null")
