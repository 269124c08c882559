"""What the benches share: a node of their own, and how much CPU a process has used."""

import contextlib
import json
import os
import pathlib
import signal
import socket
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
STELE = pathlib.Path(os.environ.get("STELE_BINARY", ROOT / "build/release/stele"))
TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def accepts(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def wait_for(condition, what, seconds=120):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return
        time.sleep(0.01)
    sys.exit(f"{what} did not come up")


def cpu_parts(pid):
    """User and system time of all threads of a process."""
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return int(fields[11]) / TICKS_PER_SECOND, int(fields[12]) / TICKS_PER_SECOND


def cpu_seconds(pid):
    return sum(cpu_parts(pid))


def family_cpu_seconds(pid):
    """The same of a process, its children and those of them that have ended: all of a PostgreSQL."""
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    total = sum(int(field) for field in fields[11:15]) / TICKS_PER_SECOND
    for child in pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            total += cpu_seconds(int(child))
    return total


class Node:
    """A running `stele serve`: its process and ports."""

    def __init__(self, folder, *flags):
        self.folder = pathlib.Path(folder)
        self.ready_file = self.folder / "ready.json"
        self.ready_file.unlink(missing_ok=True)
        command = [str(STELE), "serve", "--data-dir", str(self.folder / "data"), "--ready-file", str(self.ready_file),
                   "--redis-port", "off", "--qdrant-port", "off", "--qdrant-grpc-port", "off", "--log-level", "warn",
                   "--sql-port", "0", "--elastic-port", "0", "--console-port", "0", *flags]
        began = time.monotonic()
        self.process = subprocess.Popen(command)
        wait_for(lambda: self.ready_file.exists() or self.process.poll() is not None, "stele", 600)
        if self.process.poll() is not None:
            sys.exit(f"stele ended with status {self.process.returncode}")
        self.ready_seconds = time.monotonic() - began
        ports = json.loads(self.ready_file.read_text())
        self.sql, self.elastic, self.console = ports["sql"], ports["elastic"], ports["console"]
        self.redis, self.qdrant = ports["redis"], ports["qdrant"]
        self.pid = self.process.pid

    def psql(self, sql, *options):
        return subprocess.check_output(["psql", "-h", "127.0.0.1", "-p", str(self.sql), "-U", "postgres", "-XAtqc", sql,
                                        *options, "postgres"], text=True).strip()

    def server_socket(self):
        """The folder and port of PostgreSQL's own Unix socket."""
        return str(self.folder / "data/postgres/socket"), self.psql("SHOW port")

    def postgres_pid(self):
        """Of the private PostgreSQL's first process."""
        (file,) = (self.folder / "data").rglob("postmaster.pid")
        return int(file.read_text().split()[0])

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(60)


@contextlib.contextmanager
def fresh_node(*flags):
    with tempfile.TemporaryDirectory(prefix="stele-bench-") as folder:
        pathlib.Path(folder).chmod(0o755)
        node = Node(folder, *flags)
        try:
            yield node
        finally:
            node.stop()
