"""Somebody who does one thing after the other while workers die."""
import threading

from processes import COMMAND_SECONDS, Failure


class Mover(threading.Thread):
    """Takes a step, waits for a while, and takes the next one, until it is stopped."""

    # What it does, as a message says it.
    what = "a step"

    def __init__(self, moonrail, draw):
        super().__init__(daemon=True)
        self.moonrail = moonrail
        self.random = draw
        # How often it did what.
        self.done = {}
        self.failure = None
        self.stopping = threading.Event()
        self.hurry = threading.Event()
        # Held by it during a step, or by whoever wants that it takes none.
        self.turn = threading.Lock()

    def __str__(self):
        return ", ".join("%s %d" % pair for pair in sorted(self.done.items()))

    def step(self):
        raise NotImplementedError

    def pause(self):
        """The most seconds before the next step; `hurry` makes them fewer."""
        raise NotImplementedError

    def run(self):
        try:
            while not self.stopping.is_set():
                self.hurry.wait(self.pause())
                self.hurry.clear()
                with self.turn:
                    if not self.stopping.is_set():
                        self.step()
        except Exception as failure:
            self.failure = failure

    def stop(self):
        """Lets the step under way come to its end, and begins no more."""
        self.stopping.set()
        self.hurry.set()
        self.join(COMMAND_SECONDS * 5)
        if self.is_alive():
            raise Failure("%s does not end" % self.what)
        self.check()

    def check(self):
        if self.failure is not None:
            raise self.failure

    def did(self, what):
        self.done[what] = self.done.get(what, 0) + 1
