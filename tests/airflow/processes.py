"""What the kernel says of processes: who started whom, and who listens where."""

import os
import signal
from pathlib import Path

from workload.process import descendants

__all__ = ["children", "descendants", "kill_tree", "serves_logs", "tree"]

LOG_PORTS = (8793, 8794)  # [logging] worker_log_server_port and trigger_log_server_port
LISTENING = "0A"  # TCP_LISTEN of net/tcp_states.h


def tree(pid: int) -> list[int]:
    """A process and all below it."""
    return [pid, *descendants(pid)]


def children(pid: int) -> list[int]:
    return [below for below in descendants(pid) if _parent(below) == pid]


def kill_tree(pid: int) -> None:
    """kill -9 of everything at once, as the end of its container does."""
    for each in tree(pid):
        try:
            os.kill(each, signal.SIGKILL)
        except ProcessLookupError:
            pass


def serves_logs(pid: int) -> bool:
    """Whether it holds the socket at which the tasks' logs are asked for."""
    return not _sockets(pid).isdisjoint(_log_sockets())


def _parent(pid: int) -> int:
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8") as file:
            return int(file.read().rpartition(")")[2].split()[1])
    except OSError:
        return 0  # It has ended meanwhile; the next look will tell.


def _sockets(pid: int) -> set[str]:
    """The inodes of its sockets."""
    found = set()
    for path in Path(f"/proc/{pid}/fd").glob("*"):
        try:
            target = os.readlink(path)
        except OSError:
            continue  # It has been closed meanwhile.
        if target.startswith("socket:["):
            found.add(target[len("socket:["):-1])
    return found


def _log_sockets() -> set[str]:
    found = set()
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
            fields = line.split()
            port = int(fields[1].rpartition(":")[2], 16)
            if fields[3] == LISTENING and port in LOG_PORTS:
                found.add(fields[9])
    return found
