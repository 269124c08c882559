"""A node of Stele for tests: its own data directory, free ports, a clean end.

STELE_BINARY names the binary; else it is build/release/stele.
"""

import json
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent
START_LIMIT_S = 120
STOP_LIMIT_S = 60


def binary():
    return os.environ.get("STELE_BINARY", str(ROOT / "build/release/stele"))


def wait_until(condition, limit_s=60, what="the condition"):
    """What the condition answers once it is true. For what has no event to wait for."""
    end = time.monotonic() + limit_s
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"{what} did not come true in {limit_s} s")
        time.sleep(0.02)


class Stele:
    """One node. start() and kill() may take turns on the same data directory."""

    def __init__(self, flags=()):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="stele-test-"))
        # The private PostgreSQL runs as another user where the tests are root.
        self.folder.chmod(0o755)
        self.data_dir = self.folder / "data"
        self.log_path = self.folder / "log"
        self.flags = list(flags)
        self.process = None
        self.ports = {}

    def start(self):
        self.launch()
        return self.wait_ready()

    def launch(self):
        """Begins to start."""
        ready = self.folder / "ready.json"
        ready.unlink(missing_ok=True)
        command = [binary(), "serve", "--data-dir", str(self.data_dir), "--listen", "127.0.0.1",
                   "--sql-port", "0", "--elastic-port", "0", "--redis-port", "0", "--qdrant-port", "0",
                   "--qdrant-grpc-port", "off", "--console-port", "0", "--ready-file", str(ready), *self.flags]
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def wait_ready(self):
        ready = self.folder / "ready.json"
        end = time.monotonic() + START_LIMIT_S
        while not ready.exists():
            if self.process.poll() is not None:
                raise AssertionError(f"stele ended with {self.process.returncode} at its start:\n{self.log()}")
            if time.monotonic() > end:
                self.kill()
                raise AssertionError(f"stele was not ready in {START_LIMIT_S} s:\n{self.log()}")
            time.sleep(0.02)
        self.ports = json.loads(ready.read_text())
        return self

    def log(self, bytes_max=8000):
        return self.log_path.read_bytes()[-bytes_max:].decode(errors="replace")

    def dsn(self, **settings):
        parts = {"host": "127.0.0.1", "port": self.ports["sql"], "user": "postgres", "dbname": "postgres",
                 "connect_timeout": 30, **settings}
        return " ".join(f"{name}={value}" for name, value in parts.items())

    @property
    def elastic_url(self):
        return f"http://127.0.0.1:{self.ports['elastic']}"

    @property
    def qdrant_url(self):
        return f"http://127.0.0.1:{self.ports['qdrant']}"

    @property
    def console_url(self):
        return f"http://127.0.0.1:{self.ports['console']}"

    def get(self, url):
        with urllib.request.urlopen(url, timeout=30) as reply:
            return reply.read().decode()

    def postmaster_pid(self):
        """The private PostgreSQL's."""
        files = list(self.data_dir.rglob("postmaster.pid"))
        assert len(files) == 1, files
        return int(files[0].read_text().splitlines()[0])

    def postmaster_pid_or_none(self):
        """While it may be starting or gone."""
        try:
            return self.postmaster_pid()
        except (AssertionError, OSError, IndexError, ValueError):
            return None

    def kill(self):
        """As the kernel does when memory is short."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self, limit_s=STOP_LIMIT_S):
        """Ctrl-C; the exit status."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(limit_s)
            except subprocess.TimeoutExpired:
                self.kill()
                raise AssertionError(f"stele did not stop in {limit_s} s:\n{self.log()}") from None
        return self.process.returncode

    def remove(self):
        if self.process is not None and self.process.poll() is None:
            self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)
