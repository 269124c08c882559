"""The SQL head beside a blind byte forwarder and PgBouncer (session mode), on one PostgreSQL, interleaved.

    python3 bench/sql_proxy/run.py [--rounds 5] [--seconds 8] [--clients 16]

Each round runs `pgbench -S -M prepared` through each of the four ways in turn; the table shows the median of the
rounds: transactions per second, CPU microseconds of the proxy's process per transaction, and the ratio of
Stele's rate to each peer's, formed round by round.
"""

import argparse
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def cpu_seconds(pid):
    """User and system time of all threads of a process."""
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS_PER_SECOND


def wait_for(condition, what, seconds=60):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return
        time.sleep(0.05)
    sys.exit(f"{what} did not come up")


def accepts(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


class Way:
    """One way to the server: its name, the port that pgbench connects to, and the process in between."""

    def __init__(self, name, port, pid):
        self.name, self.port, self.pid = name, port, pid


def start_stele(folder, processes):
    ready = folder / "ready.json"
    command = [ROOT / "build/release/stele", "serve", "--data-dir", folder / "data", "--ready-file", ready,
               "--sql-port", "0", "--elastic-port", "off", "--redis-port", "off", "--qdrant-port", "off",
               "--qdrant-grpc-port", "off", "--console-port", "0", "--log-level", "warn"]
    process = subprocess.Popen([str(part) for part in command])
    processes.append(process)
    wait_for(ready.exists, "stele", 120)
    return Way("stele", json.loads(ready.read_text())["sql"], process.pid)


def server_socket(port):
    """The folder and port of the private PostgreSQL's Unix socket, asked of the server itself."""
    query = "SELECT current_setting('unix_socket_directories'), current_setting('port')"
    text = subprocess.check_output(["psql", "-h", "127.0.0.1", "-p", str(port), "-U", "postgres", "-Atc", query,
                                    "postgres"], text=True)
    return text.strip().split("|")


def start_forwarder(directory, server_port, processes):
    port = free_port()
    process = subprocess.Popen([str(ROOT / "build/release/bench/bench_forwarder"), str(port),
                                f"{directory}/.s.PGSQL.{server_port}"])
    processes.append(process)
    wait_for(lambda: accepts(port), "the forwarder")
    return Way("forwarder", port, process.pid)


def start_pgbouncer(folder, directory, server_port, processes):
    binary = shutil.which("pgbouncer", path=os.environ["PATH"] + ":/usr/sbin")
    if binary is None:
        sys.exit("pgbouncer is not installed")
    port = free_port()
    (folder / "users.txt").write_text('"postgres" ""\n')
    (folder / "pgbouncer.ini").write_text(
        f"[databases]\n* = host={directory} port={server_port}\n[pgbouncer]\nlisten_addr = 127.0.0.1\n"
        f"listen_port = {port}\nauth_type = trust\nauth_file = {folder}/users.txt\npool_mode = session\n"
        "default_pool_size = 100\nmax_client_conn = 1000\nunix_socket_dir =\nlog_connections = 0\n"
        "log_disconnections = 0\nmax_prepared_statements = 0\nignore_startup_parameters = extra_float_digits\n")
    command = [binary, str(folder / "pgbouncer.ini")]
    if os.getuid() == 0:
        for path in [folder, *folder.glob("*.txt"), *folder.glob("*.ini")]:
            shutil.chown(path, "postgres")
        command = [binary, "-u", "postgres", str(folder / "pgbouncer.ini")]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    processes.append(process)
    wait_for(lambda: accepts(port), "pgbouncer")
    return Way("pgbouncer", port, process.pid)


def pgbench(host, port, clients, seconds):
    """Transactions per second."""
    text = subprocess.check_output(["pgbench", "-h", host, "-p", str(port), "-U", "postgres", "-S", "-M", "prepared",
                                    "-n", "-c", str(clients), "-j", "2", "-T", str(seconds), "postgres"], text=True,
                                   stderr=subprocess.DEVNULL)
    return float(re.search(r"tps = ([0-9.]+) \(without", text).group(1))


def measure(ways, directory, server_port, arguments):
    rows = {way.name: [] for way in ways}
    rows["direct"] = []
    for round_number in range(arguments.rounds):
        print(f"round {round_number + 1} of {arguments.rounds}", file=sys.stderr)
        for way in ways:
            before = cpu_seconds(way.pid)
            rate = pgbench("127.0.0.1", way.port, arguments.clients, arguments.seconds)
            cpu = cpu_seconds(way.pid) - before
            rows[way.name].append((rate, cpu * 1e6 / (rate * arguments.seconds)))
        rows["direct"].append((pgbench(directory, server_port, arguments.clients, arguments.seconds), 0.0))
    return rows


def report(rows):
    print(f"{'way':12}{'tx/s':>12}{'CPU us/tx':>12}{'stele / it':>12}")
    for name, values in rows.items():
        rate = statistics.median(value[0] for value in values)
        cpu = statistics.median(value[1] for value in values)
        ratio = statistics.median(ours[0] / its[0] for ours, its in zip(rows["stele"], values))
        print(f"{name:12}{rate:12.0f}{cpu:12.2f}{ratio:12.3f}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=8)
    parser.add_argument("--clients", type=int, default=16)
    arguments = parser.parse_args()
    processes = []
    with tempfile.TemporaryDirectory(prefix="stele-bench-") as name:
        folder = pathlib.Path(name)
        folder.chmod(0o755)
        try:
            stele = start_stele(folder, processes)
            directory, server_port = server_socket(stele.port)
            subprocess.check_call(["pgbench", "-i", "-q", "-s", "10", "-h", directory, "-p", server_port, "-U",
                                   "postgres", "postgres"], stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
            ways = [stele, start_forwarder(directory, server_port, processes),
                    start_pgbouncer(folder, directory, server_port, processes)]
            report(measure(ways, directory, server_port, arguments))
        finally:
            for process in reversed(processes):
                process.send_signal(signal.SIGTERM)
            for process in processes:
                process.wait(30)


if __name__ == "__main__":
    main()
