"""The command line as a newcomer meets it: help, mistakes, doctor, status, publish, start and stop."""

import os
import pathlib
import socket
import subprocess
import tempfile
import time

import psycopg
import pytest
from stele_node import binary, wait_until


def stele_command(*arguments, timeout=60):
    return subprocess.run([binary(), *arguments], capture_output=True, text=True, timeout=timeout,
                          stdin=subprocess.DEVNULL)


def test_help_names_every_command_and_port():
    shown = stele_command("--help")
    assert shown.returncode == 0
    for word in ("serve", "doctor", "status", "publish", "demo", "tour", "--sql-port", "--redis-port", "--elastic-port", "--console-port",
                 "--data-dir", "--ready-file", "--postgres"):
        assert word in shown.stdout


@pytest.mark.parametrize(("arguments", "named"), [
    ([], "which command"),
    (["swerve"], "swerve"),
    (["serve", "--sqlport", "1"], "--sqlport"),
    (["serve", "--sql-port", "http"], "--sql-port"),
    (["publish"], "usage"),
    (["serve", "--config", "/nonexistent.yaml"], "/nonexistent.yaml"),
])
def test_mistakes_are_named(arguments, named):
    refused = stele_command(*arguments)
    assert refused.returncode == 2
    assert named in refused.stderr


def test_a_second_node_on_the_data_directory_is_refused(stele):
    second = stele_command("serve", "--data-dir", str(stele.data_dir), "--sql-port", "0", "--elastic-port", "0",
                           "--console-port", "0", "--redis-port", "0")
    assert second.returncode == 1
    assert str(stele.process.pid) in second.stderr


def test_a_port_in_use_is_named_with_its_holder_and_flag():
    with socket.socket() as holder, tempfile.TemporaryDirectory() as folder:
        pathlib.Path(folder).chmod(0o755)
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = str(holder.getsockname()[1])
        refused = stele_command("serve", "--data-dir", f"{folder}/data", "--sql-port", "0", "--elastic-port", port,
                                "--console-port", "0", "--redis-port", "0", timeout=120)
        assert refused.returncode == 1
        for word in (port, str(os.getpid()), "--elastic-port"):
            assert word in refused.stderr


def test_doctor_is_content_with_the_private_server(stele):
    examined = stele_command("doctor", "--sql-port", str(stele.ports["sql"]))
    assert examined.returncode == 0, examined.stdout + examined.stderr
    assert "fail" not in examined.stdout
    assert "wal_level is logical" in examined.stdout


def test_doctor_says_what_is_missing(stele):
    with psycopg.connect(stele.dsn(), autocommit=True) as connection:
        connection.execute("CREATE ROLE plain LOGIN")
    url = f"postgres://plain@127.0.0.1:{stele.ports['sql']}/postgres"
    examined = stele_command("doctor", "--postgres", url)
    assert examined.returncode == 1
    assert "plain has no REPLICATION attribute" in examined.stdout
    assert "ALTER ROLE" in examined.stdout


def test_doctor_says_when_nobody_answers():
    examined = stele_command("doctor", "--postgres", "postgres://postgres@127.0.0.1:1/postgres")
    assert examined.returncode == 1
    assert "127.0.0.1:1" in examined.stderr


def test_publish_and_status(stele):
    with psycopg.connect(stele.dsn(), autocommit=True) as connection:
        connection.execute("CREATE TABLE planet (id int PRIMARY KEY, name text)")
        connection.execute("INSERT INTO planet VALUES (1, 'Mercury'), (2, 'Venus')")
    published = stele_command("publish", "public.planet", '{"collection": "planets"}', "--sql-port",
                              str(stele.ports["sql"]))
    assert published.returncode == 0, published.stderr
    assert "planets" in published.stdout

    def line():
        shown = stele_command("status", "--console-port", str(stele.ports["console"]))
        assert shown.returncode == 0, shown.stderr
        found = [text for text in shown.stdout.splitlines() if text.startswith("planets ")]
        return found[0].split() if found and "ready" in found[0] else None

    fields = wait_until(line, what="the collection")
    assert fields[:4] == ["planets", "published", "ready", "2"]
    again = stele_command("publish", "public.no_such_table", "--sql-port", str(stele.ports["sql"]))
    assert again.returncode == 1
    assert "no_such_table" in again.stderr


def test_ctrl_c_leaves_no_process(new_stele):
    node = new_stele()
    postmaster = node.postmaster_pid()
    assert node.stop() == 0
    assert not pathlib.Path(f"/proc/{postmaster}").exists()


def test_the_demo_without_lists_says_how_to_get_them_and_serves(new_stele):
    lists = pathlib.Path("/var/lib/apt/lists")
    has_lists = any(lists.glob("*_Packages*"))
    node = new_stele("--demo")
    if has_lists:
        assert "/package/_search" in node.log(20000)
    else:
        assert "apt-get update" in node.log(20000)
    with psycopg.connect(node.dsn()) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_a_bad_certificate_file_is_named(new_stele, tmp_path):
    broken = tmp_path / "broken.pem"
    broken.write_text("no certificate")
    with pytest.raises(AssertionError, match="broken.pem"):
        new_stele("--tls-certificate", str(broken), "--tls-key", str(broken))


def test_without_a_postgres_redis_serves_alone_and_at_once(new_stele):
    begin = time.monotonic()
    node = new_stele("--postgres", "off")
    # The whole process: under 100 ms by itself, with room for a busy machine and sanitizers.
    assert time.monotonic() - begin < 5
    assert node.ports["sql"] is None
    assert node.ports["elastic"] is None
    with socket.create_connection(("127.0.0.1", node.ports["redis"]), 10) as client:
        client.sendall(b"PING\r\n")
        assert client.recv(100) == b"+PONG\r\n"
    # Nothing is drawn, synced or kept but the lock.
    assert [path.name for path in node.data_dir.iterdir()] == ["lock"]
    assert node.get(f"{node.console_url}/readyz") == "ready\n"
    assert '{head="redis"}' in node.get(f"{node.console_url}/metrics")
    assert node.stop() == 0


def test_a_demo_needs_a_postgres():
    refused = stele_command("serve", "--postgres", "off", "--demo", "--data-dir", tempfile.mkdtemp())
    assert refused.returncode == 1
    assert "--demo" in refused.stderr
