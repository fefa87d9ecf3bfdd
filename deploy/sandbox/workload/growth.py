"""Memory that grows at a known rate, so that a measured slope can be compared with the truth."""

import mmap
import time


class Growth:
    """Takes anonymous memory page by page: `bytes_per_hour`, up to `limit_bytes`."""

    def __init__(self, bytes_per_hour: float, limit_bytes: int) -> None:
        self._bytes_per_second = bytes_per_hour / 3600
        # Private, as a heap's memory is: shared memory would not count as anonymous (RssAnon).
        self._memory = mmap.mmap(-1, max(limit_bytes, mmap.PAGESIZE),
                                 flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
        # A huge page would turn the straight line into steps of 2 MiB.
        self._memory.madvise(mmap.MADV_NOHUGEPAGE)
        self._touched = 0
        self._begin = time.monotonic()

    def grow(self) -> None:
        """Takes the pages that are due by now."""
        due = self._bytes_per_second * (time.monotonic() - self._begin)
        while self._touched + mmap.PAGESIZE <= min(due, len(self._memory)):
            self._memory[self._touched] = 1
            self._touched += mmap.PAGESIZE
