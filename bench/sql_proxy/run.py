"""The SQL head beside a blind byte forwarder and PgBouncer (session mode), on one PostgreSQL, interleaved.

    python3 bench/sql_proxy/run.py [--rounds 5] [--seconds 8] [--clients 16]

Each round runs `pgbench -S -M prepared` through each of the four ways in turn; the table shows the median of the
rounds: transactions per second, CPU microseconds of the proxy's process per transaction, and the ratio of
Stele's rate to each peer's, formed round by round.
"""

import argparse
import os
import pathlib
import re
import shutil
import signal
import statistics
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from node import ROOT, accepts, cpu_seconds, free_port, fresh_node, wait_for  # noqa: E402


class Way:
    """One way to the server: its name, the port that pgbench connects to, and the process in between."""

    def __init__(self, name, port, pid):
        self.name, self.port, self.pid = name, port, pid


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
        "log_disconnections = 0\nignore_startup_parameters = extra_float_digits\n")
    command = [binary, str(folder / "pgbouncer.ini")]
    if os.getuid() == 0:
        # It runs as PostgreSQL does, and must reach the socket.
        for closed in pathlib.Path(directory).parents:
            if folder in closed.parents or closed == folder:
                closed.chmod(closed.stat().st_mode | 0o011)
        for path in [folder, *folder.glob("*.txt"), *folder.glob("*.ini")]:
            shutil.chown(path, "postgres")
        command = [binary, "-u", "postgres", str(folder / "pgbouncer.ini")]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    processes.append(process)
    wait_for(lambda: accepts(port), "pgbouncer")
    return Way("pgbouncer", port, process.pid)


def pgbench(host, port, clients, seconds):
    """Transactions per second."""
    done = subprocess.run(["pgbench", "-h", host, "-p", str(port), "-U", "postgres", "-S", "-M", "prepared", "-n", "-c",
                           str(clients), "-j", "2", "-T", str(seconds), "postgres"], text=True, capture_output=True)
    if done.returncode != 0:
        sys.exit(f"pgbench at port {port} failed:\n{done.stderr}")
    text = done.stdout
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
    with fresh_node() as node:
        try:
            directory, server_port = node.server_socket()
            subprocess.check_call(["pgbench", "-i", "-q", "-s", "10", "-h", directory, "-p", server_port, "-U",
                                   "postgres", "postgres"], stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
            ways = [Way("stele", node.sql, node.pid), start_forwarder(directory, server_port, processes),
                    start_pgbouncer(node.folder, directory, server_port, processes)]
            report(measure(ways, directory, server_port, arguments))
        finally:
            for process in reversed(processes):
                process.send_signal(signal.SIGTERM)
            for process in processes:
                process.wait(30)


if __name__ == "__main__":
    main()
