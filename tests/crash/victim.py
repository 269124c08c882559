"""Who is killed, and when: Stele, its PostgreSQL, or both, while they work or while they start."""

import enum
import os
import random
import signal
import time


class Kill(enum.Enum):
    STELE = "Stele"
    POSTGRES = "PostgreSQL"
    BOTH = "both"
    BACKEND = "one process of PostgreSQL"
    STARTING = "Stele at work and again while it starts"
    BOTH_STARTING = "both at work and again while they start"

    @property
    def stele_lives(self) -> bool:
        return self in (Kill.POSTGRES, Kill.BACKEND)


# How often each is drawn.
WEIGHTS = {Kill.STELE: 6, Kill.POSTGRES: 5, Kill.BOTH: 5, Kill.BACKEND: 2, Kill.STARTING: 3, Kill.BOTH_STARTING: 2}
ONE_OF_EACH = [Kill.STELE, Kill.POSTGRES, Kill.BOTH, Kill.STARTING]


def kill_9(pid: int | None, folder: str):
    """A process that works in `folder`: a number in a file may have become another's."""
    try:
        if pid is not None and os.readlink(f"/proc/{pid}/cwd").startswith(folder):
            os.kill(pid, signal.SIGKILL)
    except (ProcessLookupError, FileNotFoundError):
        pass  # it was quicker


def children(pid: int) -> list[int]:
    try:
        with open(f"/proc/{pid}/task/{pid}/children") as file:
            return [int(word) for word in file.read().split()]
    except OSError:
        return []


class Victim:
    """A node and its PostgreSQL. Every method that kills answers when the first of the two was killed."""

    def __init__(self, node, rng: random.Random):
        self.node = node
        self.rng = rng

    def strike(self, kill: Kill) -> float:
        death = time.monotonic()
        if kill is Kill.POSTGRES:
            self.kill_postgres(self.node.postmaster_pid())
        elif kill is Kill.BACKEND:
            self.kill_postgres(self.rng.choice(children(self.node.postmaster_pid())))
        elif kill in (Kill.STELE, Kill.STARTING):
            self.node.kill()
        else:
            self.strike_both()
        return death

    def kill_postgres(self, pid: int | None):
        kill_9(pid, str(self.node.data_dir))

    def strike_both(self):
        """One after the other, at once or a few milliseconds apart."""
        postmaster = self.node.postmaster_pid_or_none()
        first, second = (self.node.kill, lambda: self.kill_postgres(postmaster))
        if self.rng.random() < 0.5:
            first, second = second, first
        first()
        time.sleep(self.rng.choice((0, 0, self.rng.uniform(0, 0.02))))
        second()

    def revive(self, kill: Kill):
        """Starts what was killed, with what comes between."""
        if kill.stele_lives:
            return
        if kill in (Kill.STARTING, Kill.BOTH_STARTING):
            self.node.launch()
            time.sleep(self.rng.uniform(0, 1.5))
            if kill is Kill.STARTING:
                self.node.kill()
            else:
                self.strike_both()
        self.node.start()
