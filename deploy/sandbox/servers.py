"""A private PostgreSQL and a private Redis, as parts of a sandbox."""

import os
import shutil
import signal
from pathlib import Path
from typing import Optional

from parts import Parts, SandboxError


def start_postgres(parts: Parts, max_connections: int = 40) -> None:
    """PostgreSQL on a unix socket in run/, with a database and an owner named airflow."""
    import psycopg2

    binaries = _postgres_binaries()
    user = "postgres" if os.geteuid() == 0 else None
    data, run = parts.folder / "postgres", parts.folder / "run"
    if user:
        for path in (data, run):
            shutil.chown(path, user, user)
    parts.run_to_end("initdb", [
        str(binaries / "initdb"), "--pgdata", str(data), "--username=postgres", "--auth=trust",
        "--encoding=UTF8", "--locale=C", "--no-sync"], user)
    options = {
        "listen_addresses": "", "unix_socket_directories": str(run),
        "unix_socket_permissions": "0700", "fsync": "off", "synchronous_commit": "off",
        "full_page_writes": "off", "shared_buffers": "32MB",
        "max_connections": str(max_connections), "dynamic_shared_memory_type": "mmap",
        "max_worker_processes": "2",
    }
    arguments = [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
    parts.spawn("postgres", [str(binaries / "postgres"), "-D", str(data), *arguments], user,
                signal.SIGQUIT)
    admin = parts.until_it_answers(
        "postgres", lambda: psycopg2.connect(host=str(run), user="postgres", dbname="postgres"),
        psycopg2.OperationalError)
    admin.autocommit = True
    with admin.cursor() as cursor:
        cursor.execute("CREATE ROLE airflow LOGIN")
        cursor.execute("CREATE DATABASE airflow OWNER airflow")
    admin.close()


def start_redis(parts: Parts, port: Optional[int] = None) -> None:
    """Redis on a unix socket in run/, and on a port of the loopback if one is given."""
    import redis

    socket = str(parts.folder / "run" / "redis.sock")
    parts.spawn("redis", [
        "redis-server", "--bind", "127.0.0.1", "--port", str(port or 0), "--save", "",
        "--appendonly", "no", "--unixsocket", socket, "--unixsocketperm", "700",
        "--dir", str(parts.folder)])
    parts.until_it_answers("redis", redis.Redis(unix_socket_path=socket).ping,
                           redis.ConnectionError)


def _postgres_binaries() -> Path:
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"),
                     key=lambda path: int(path.parent.parent.name))
    if not folders:
        raise SandboxError("PostgreSQL's server is not installed; run "
                           "deploy/install-dependencies.sh sandbox")
    return folders[-1].parent
