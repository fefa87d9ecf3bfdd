"""Keeps a sandbox running until a signal asks for the end, and ends it in order."""

import os
import signal
import sys
import time
from typing import Callable

from parts import Parts, SandboxError, say
from workload.process import adopt_orphans, die_with_parent


class _Stop(Exception):
    """A signal asked for the end."""


def _raise_stop(*_: object) -> None:
    _set_handler(signal.SIG_IGN)  # The orderly end is not to be broken off.
    raise _Stop


def _set_handler(handler: object) -> None:
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, handler)


def _close_stderr() -> None:
    """Whoever waits for the end of our output must not wait for ours."""
    with open(os.devnull, "wb") as null:
        os.dup2(null.fileno(), sys.stderr.fileno())


def run_in_foreground(parts: Parts, start: Callable[[], None], detached: bool = False) -> int:
    """Starts the parts and waits for SIGTERM, SIGINT or, unless detached, the parent's end."""
    if not detached:
        die_with_parent(signal.SIGTERM)
    adopt_orphans()
    _set_handler(_raise_stop)
    try:
        start()
        if detached:
            _close_stderr()
        while True:
            parts.report_ended()
            time.sleep(0.5)
    except _Stop:
        return 0
    except SandboxError as error:
        say(str(error))
        return 1
    finally:
        _set_handler(signal.SIG_IGN)
        parts.stop()
