"""The nodes that tests run against: one that they share, and a maker of others."""

import pytest
from stele_node import Stele


@pytest.fixture(scope="session")
def stele():
    """The node that tests share: each keeps to tables and indices of its own names."""
    node = Stele()
    try:
        node.start()
        yield node
        status = node.stop()
        assert status == 0, f"stele ended with {status}:\n{node.log()}"
    finally:
        node.remove()


@pytest.fixture(scope="session")
def redis_alone():
    """A node without a PostgreSQL: keys in memory."""
    node = Stele(["--postgres", "off"])
    try:
        node.start()
        yield node
        status = node.stop()
        assert status == 0, f"stele ended with {status}:\n{node.log()}"
    finally:
        node.remove()


@pytest.fixture
def new_stele():
    """Makes nodes of a test's own: new_stele("--flag", …) starts one."""
    nodes = []

    def make(*flags):
        node = Stele(flags)
        nodes.append(node)
        return node.start()

    yield make
    for node in nodes:
        node.remove()
