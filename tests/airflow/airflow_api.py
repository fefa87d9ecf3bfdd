"""What Airflow says of itself: its HTTP API (v1 of Airflow 2, v2 of Airflow 3) and its commands."""

import json
import os
import subprocess
import urllib.request
from pathlib import Path
from typing import Any, Optional
from urllib.parse import quote

COMMAND_SECONDS = 120


class AirflowApi:
    """One Airflow's API and command line."""

    def __init__(self, venv: Path, folder: Path, settings: dict[str, str]) -> None:
        self.venv = venv
        self.folder = folder
        self.environment = os.environ | settings
        self._base = settings["TEST_WEB_URL"]
        self.version = self.run("python", "-c", "import importlib.metadata as m; "
                                "print(m.version('apache-airflow'))").strip()
        self._token: Optional[str] = None
        if self.is_airflow_3:
            self._token = self._ask("GET", "/auth/token")["access_token"]

    @property
    def is_airflow_3(self) -> bool:
        return not self.version.startswith("2.")

    @property
    def has_message_ids(self) -> bool:
        """Whether it tells a task's message by its id before it is sent: from 3.3 on."""
        return tuple(int(part) for part in self.version.split(".")[:2]) >= (3, 3)

    def run(self, program: str, *arguments: str) -> str:
        """What a program of the virtual environment prints."""
        done = subprocess.run(
            [self.venv / "bin" / program, *arguments], env=self.environment, cwd=self.folder,
            stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=COMMAND_SECONDS,
            check=False)
        assert done.returncode == 0, f"{program} {arguments}:\n{done.stdout}{done.stderr}"
        return done.stdout

    def run_for_json(self, program: str, *arguments: str) -> Any:
        """The same, where it is JSON; lines of a log may come before it."""
        lines = self.run(program, *arguments).splitlines(keepends=True)
        begins = [at for at, line in enumerate(lines) if line.startswith(('{"', "[{"))]
        return json.loads("".join(lines[begins[-1]:]))

    def health(self) -> dict[str, Any]:
        path = "/api/v2/monitor/health" if self.is_airflow_3 else "/health"
        return self._ask("GET", path)

    def pools(self) -> list[dict[str, Any]]:
        return self._api("GET", "/pools")["pools"]

    def dags(self, paused: bool) -> int:
        return self._api("GET", f"/dags?paused={str(paused).lower()}")["total_entries"]

    def import_errors(self) -> int:
        return self._api("GET", "/importErrors")["total_entries"]

    def trigger(self, dag_id: str) -> str:
        """Starts a run of a dag; its id."""
        body = {"logical_date": None} if self.is_airflow_3 else {}
        return self._api("POST", f"/dags/{dag_id}/dagRuns", body)["dag_run_id"]

    def give_up(self, dag_id: str, run_id: str) -> None:
        """Has Airflow fail a run and whatever of it is unfinished."""
        self._api("PATCH", f"/dags/{dag_id}/dagRuns/{quote(run_id)}", {"state": "failed"})

    def _api(self, method: str, path: str, body: Optional[dict] = None) -> Any:
        return self._ask(method, ("/api/v2" if self.is_airflow_3 else "/api/v1") + path, body)

    def _ask(self, method: str, path: str, body: Optional[dict] = None) -> Any:
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if getattr(self, "_token", None):
            headers["Authorization"] = f"Bearer {self._token}"
        request = urllib.request.Request(
            self._base + path, method=method, headers=headers,
            data=None if body is None else json.dumps(body).encode())
        with urllib.request.urlopen(request, timeout=60) as reply:
            return json.loads(reply.read())
