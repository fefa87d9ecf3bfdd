"""Processes that live and end together below one folder: what a sandbox is made of.

The folder holds `run/` (unix sockets), `log/NAME.log`, `pids/NAME` and what the parts make. With
the death of this program everything it started ends.
"""

import os
import pwd
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Callable, Optional

from workload.process import descendants, die_with_parent

START_SECONDS = 60
STOP_SECONDS = 5
SOCKET_PATH_LIMIT = 107  # sun_path of unix(7), less its closing NUL


class SandboxError(Exception):
    """One sentence: what failed and what to do."""


class Parts:
    """Processes started in order and stopped in the opposite one, the servers last."""

    def __init__(self, folder: Path, settings: dict[str, str]) -> None:
        self.folder = folder
        self.settings = settings  # The environment of each part, besides this program's.
        self.processes: dict[str, subprocess.Popen] = {}
        self._owns_folder = False

    def make_folders(self) -> None:
        """Makes the folder, which must be new or empty, and those below it."""
        longest = self.folder / "run" / ".s.PGSQL.5432.lock"
        if len(os.fsencode(longest)) > SOCKET_PATH_LIMIT:
            raise SandboxError(f"the path {self.folder} is too long for a unix socket below it; "
                               "choose a shorter one, such as a folder in /tmp")
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            if any(self.folder.iterdir()):
                raise SandboxError(f"{self.folder} is not empty; give a new or an empty folder")
            self._owns_folder = True
            # Other users may pass through, PostgreSQL's among them, and see nothing.
            self.folder.chmod(0o711)
            for name in ("run", "log", "pids", "airflow", "postgres"):
                (self.folder / name).mkdir()
        except OSError as error:
            raise SandboxError(f"cannot make the sandbox's folder: {error}") from error
        (self.folder / "pids" / "sandbox").write_text(str(os.getpid()))

    def spawn(self, name: str, command: list[str], user: Optional[str] = None,
              death_signal: int = signal.SIGKILL) -> None:
        """Starts a part that ends with this program."""
        log = (self.folder / "log" / f"{name}.log").open("ab")
        account = pwd.getpwnam(user) if user else None
        who = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []} if account else {}
        environment = os.environ | self.settings | {"PYTHONDONTWRITEBYTECODE": "1"}
        self.processes[name] = subprocess.Popen(
            command, env=environment, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=log,
            stderr=log, preexec_fn=lambda: die_with_parent(death_signal), **who)
        log.close()
        (self.folder / "pids" / name).write_text(str(self.processes[name].pid))

    def run_to_end(self, name: str, command: list[str], user: Optional[str] = None) -> None:
        """Runs a command that must succeed."""
        self.spawn(name, command, user)
        if self.processes.pop(name).wait() != 0:
            raise SandboxError(f"{name} failed:\n{self.log(name)}")

    def until_it_answers(self, name: str, attempt: Callable[[], Any],
                         not_yet: type[Exception]) -> Any:
        """The first answer of a part; `not_yet` is what it raises before."""
        end = time.monotonic() + START_SECONDS
        while True:
            try:
                return attempt()
            except not_yet as error:
                if self.processes[name].poll() is not None or time.monotonic() > end:
                    raise SandboxError(f"{name} does not answer ({error}):\n{self.log(name)}"
                                       ) from error
                time.sleep(0.05)

    def report_ended(self) -> None:
        """Says once of each part that has ended."""
        for name, process in self.processes.items():
            if process.returncode is None and process.poll() is not None:
                say(f"{name} ended with {process.returncode}; see {self.folder}/log/{name}.log")

    def log(self, name: str) -> str:
        """The end of what a part wrote."""
        path = self.folder / "log" / f"{name}.log"
        return "\n".join(path.read_text(errors="replace").splitlines()[-15:])

    def stop(self) -> None:
        """Ends every process, the servers last, and removes the folder."""
        servers = [self.processes.pop(name) for name in ("redis", "postgres")
                   if name in self.processes]
        for process in self.processes.values():
            process.send_signal(signal.SIGTERM)
        _wait_for(list(self.processes.values()), 1.0)
        for server in servers:
            # PostgreSQL's immediate shutdown frees its shared memory; its data is thrown away.
            server.send_signal(signal.SIGCONT)
            server.send_signal(signal.SIGQUIT if server is servers[-1] else signal.SIGTERM)
        _kill_descendants(except_for=[server.pid for server in servers])
        _wait_for(servers, STOP_SECONDS)
        _kill_descendants(except_for=[])
        if self._owns_folder:
            shutil.rmtree(self.folder, ignore_errors=True)


def _wait_for(processes: list[subprocess.Popen], seconds: float) -> None:
    end = time.monotonic() + seconds
    for process in processes:
        try:
            process.wait(max(0.0, end - time.monotonic()))
        except subprocess.TimeoutExpired:
            pass  # It is killed with the rest.


def _kill_descendants(except_for: list[int]) -> None:
    """Kills what is still below this process, again until nothing is."""
    spared = set(except_for)
    for pid in except_for:
        spared |= set(descendants(pid))
    while left := [pid for pid in descendants(os.getpid()) if pid not in spared]:
        for pid in left:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        for pid in left:
            try:
                os.waitpid(pid, 0)
            except ChildProcessError:
                pass  # Not ours: its own parent, or we as its next one, will reap it.


def say(text: str) -> None:
    """One line for whoever started this program."""
    print(f"sandbox: {text}", file=sys.stderr, flush=True)
