"""A client that writes at full speed until it is stopped or its server is gone."""

import random
import threading
import time

from draft import draft
from ledger import Ledger

PAUSE_S = 0.02  # before a connection is tried again


class Writer:
    """A thread with a connection of its own. Subclasses know a protocol."""

    def __init__(self, name: str, seed: int):
        self.name = name
        self.rng = random.Random(seed)
        self.stopping = threading.Event()
        self.writes = 0
        self.failure: BaseException | None = None  # of the writer itself
        self.thread = threading.Thread(target=self.guarded, name=name)

    def start(self):
        self.thread.start()

    def stop(self):
        self.stopping.set()

    def join(self):
        self.thread.join()
        if self.failure is not None:
            raise self.failure

    def guarded(self):
        try:
            self.run()
        except BaseException as failure:  # noqa: BLE001: raised by join()
            self.failure = failure

    def run(self):
        raise NotImplementedError


class RowWriter(Writer):
    """Writes rows of its ledger and goes on after an error, on a new connection."""

    ERRORS: tuple[type[BaseException], ...] = (OSError,)

    def __init__(self, node, ledger: Ledger, seed: int):
        super().__init__(ledger.name, seed)
        self.node = node
        self.ledger = ledger

    def run(self):
        while not self.stopping.is_set():
            try:
                self.connect()
            except self.ERRORS:
                time.sleep(PAUSE_S)
                continue
            try:
                while not self.stopping.is_set():
                    self.step()
                    self.writes += 1
            except self.ERRORS as error:
                self.ledger.give_up(f"{type(error).__name__}: {error}")
            finally:
                self.disconnect()

    def rows_of_step(self) -> int:
        """Mostly one, at times many."""
        return 1 if self.rng.random() < 0.6 else self.rng.randint(2, 25)

    def step(self):
        change = draft(self.rng, self.ledger, self.rows_of_step())
        if change:
            self.perform(change)

    def perform(self, change):
        """Sends, waits for the answer, and tells the ledger of both."""
        raise NotImplementedError

    def connect(self):
        raise NotImplementedError

    def disconnect(self):
        raise NotImplementedError
