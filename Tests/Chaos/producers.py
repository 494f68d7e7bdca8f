"""Producers that send slices with ids again and again until each is acknowledged."""
import json
import os
import random
import subprocess
import threading
import time

from processes import Failure, Moonrail, start

# An acknowledgement may take a few lives of the worker, no more.
SLICE_SECONDS = 120


class Producer(threading.Thread):
    """Sends its events in slices, in order; the next slice only after the last is acknowledged."""

    def __init__(self, moonrail, scenario, number, seed, slice_events, pause_seconds,
                 patience_seconds=SLICE_SECONDS):
        super().__init__(daemon=True)
        self.moonrail = moonrail
        self.scenario = scenario
        self.number = number
        self.random = random.Random(seed * 31 + number)
        self.slice_events = slice_events
        self.pause_seconds = pause_seconds
        self.patience_seconds = patience_seconds
        self.acknowledged = 0
        self.retries = 0
        self.kills = 0
        self.failure = None
        self.stopping = threading.Event()
        # Held by the producer while it sends, and by whoever wants that it does not.
        self.turn = threading.Lock()
        self.process = None
        self.errors = ""
        self.path = os.path.join(moonrail.directory, "slice-%d.ndjson" % number)

    def run(self):
        try:
            while not self.stopping.is_set():
                count = self.random.randint(1, 2 * self.slice_events)
                with self.turn:
                    self.send(count)
                self.stopping.wait(self.random.uniform(0, 2 * self.pause_seconds))
        except Exception as failure:
            self.failure = failure

    def stop(self):
        """Sends what is under way to its end, and no more."""
        self.stopping.set()
        self.join(self.patience_seconds + 30)
        if self.is_alive():
            raise Failure("producer %d does not end" % self.number)
        self.check()

    def check(self):
        if self.failure is not None:
            raise self.failure

    def send(self, count):
        self.write_slice(count)
        deadline = time.monotonic() + self.patience_seconds
        while not self.try_slice(count):
            if time.monotonic() > deadline:
                raise Failure("producer %d: no acknowledgement in %d s: %s\n%s" % (
                    self.number, self.patience_seconds, self.errors, self.moonrail.log_tail()))
            self.retries += 1
            time.sleep(0.01)

    def write_slice(self, count):
        with open(self.path, "w") as file:
            file.write(self.scenario.lines(self.number, self.acknowledged, count))

    def try_slice(self, count):
        """Sends the slice that is written; whether all of it was acknowledged."""
        status, output, self.errors = self.attempt()
        if status == 0:
            answer = json.loads(output)
            if answer["accepted"] + answer["duplicates"] != count or answer["rejected"]:
                raise Failure("producer %d: %d events sent, answer %s" % (
                    self.number, count, output))
            self.acknowledged += count
            return True
        # 5: nobody there, or somebody else owns the directory, or the store can't be written; 1:
        # the connection broke in the middle; -9: killed by the campaign.
        if status not in (1, 5, -9):
            raise Failure("producer %d: status %d: %s" % (self.number, status, self.errors))
        return False

    def attempt(self):
        self.process = start(
            self.moonrail.command(*self.scenario.sending(self.path)), stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True, env=Moonrail.environment())
        try:
            output, errors = self.process.communicate(timeout=SLICE_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.communicate()
            raise Failure("producer %d: a produce hangs\n%s" % (
                self.number, self.moonrail.log_tail())) from None
        return self.process.returncode, output, errors

    def kill(self):
        """Kills the command that sends just now, if there is one."""
        process = self.process
        if process is not None and process.poll() is None:
            process.kill()
            self.kills += 1
            return True
        return False
