"""Another Redis in the place of a sandbox's, under whatever is connected to it."""

import os
import signal
import subprocess
from contextlib import contextmanager
from typing import Iterator

import redis

from conftest import Sandbox, until

SECONDS = 60


def _answers(sandbox: Sandbox) -> bool:
    try:
        return sandbox.redis().ping()
    except redis.ConnectionError:
        return False


@contextmanager
def restarted_redis(sandbox: Sandbox) -> Iterator[None]:
    """What the killed one held is lost, for nothing is saved. The new one ends with this."""
    os.kill(sandbox.pid("redis"), signal.SIGKILL)
    until(lambda: not _answers(sandbox), SECONDS, "the end of Redis")
    run = sandbox.folder / "run"
    process = subprocess.Popen(
        ["redis-server", "--port", "0", "--save", "", "--unixsocket", str(run / "redis.sock"),
         "--dir", str(run)], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    try:
        until(lambda: _answers(sandbox), SECONDS, "Redis answers")
        yield
    finally:
        process.kill()
        process.wait()
