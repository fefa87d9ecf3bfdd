"""A proxy before a real PostgreSQL that does what no PostgreSQL can be asked to do."""

import select
import socket
import threading
from contextlib import contextmanager
from pathlib import Path
from typing import Iterator

LISTENING_NAME = ".s.PGSQL.5432"


class DatabaseProxy:
    """Passes on what clients and the server on `target` say, by a unix socket in `folder`.

    While `drips`, a client gets one byte a second. While `down`, nobody gets in and nobody stays, as
    after kill -9 of the server.
    """

    def __init__(self, folder: Path, target: Path) -> None:
        self.folder, self.target = folder, target
        self.drips = False
        self.down = False
        self.most_at_once = 0  # Connections.
        self._open = 0
        self._ended = threading.Event()
        self._listen()

    def _listen(self) -> None:
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(self.folder / LISTENING_NAME))
        self._listener.listen()
        self._thread = threading.Thread(target=self._accept, args=(self._listener,), daemon=True)
        self._thread.start()

    def take_down(self) -> None:
        self.down = True
        self._thread.join()
        self._listener.close()
        (self.folder / LISTENING_NAME).unlink()

    def bring_up(self) -> None:
        self.down = False
        self._listen()

    def close(self) -> None:
        self._ended.set()
        self._thread.join()
        self._listener.close()

    def _stopping(self) -> bool:
        return self.down or self._ended.is_set()

    def _accept(self, listener: socket.socket) -> None:
        serving = []
        while not self._stopping():
            if select.select([listener], [], [], 0.05)[0]:
                client = listener.accept()[0]
                serving.append(threading.Thread(target=self._serve, args=(client,), daemon=True))
                serving[-1].start()
        for thread in serving:
            thread.join()

    def _serve(self, client: socket.socket) -> None:
        self._open += 1
        self.most_at_once = max(self.most_at_once, self._open)
        with client, socket.socket(socket.AF_UNIX) as server:
            server.connect(str(self.target))
            while not self._stopping():
                ready = select.select([client, server], [], [], 0.05)[0]
                if client in ready and not self._pass(client, server, 65536):
                    break
                if server in ready and not self._pass(server, client, 1 if self.drips else 65536):
                    break
                if server in ready and self.drips:
                    self._ended.wait(1)
        self._open -= 1

    @staticmethod
    def _pass(source: socket.socket, target: socket.socket, most: int) -> bool:
        try:
            data = source.recv(most)
            target.sendall(data)
        except OSError:
            return False
        return bool(data)


@contextmanager
def database_proxy(folder: Path, target: Path) -> Iterator[DatabaseProxy]:
    proxy = DatabaseProxy(folder, target)
    try:
        yield proxy
    finally:
        proxy.close()
