"""Marks: events that are sent when something was broken, and whose effects tell that all runs."""
import re
import threading
import time

from fleet_scenario import MARKER
from nats_client import NATSClient
from processes import Failure
from producers import Producer

# After so long a command is given up, and the slice is sent through another worker.
ATTEMPT_SECONDS = 4
# A mark that comes to nothing in this time ends the run.
EFFECT_SECONDS_MAX = 60
# Where the effects of marks end up: the chain's last station, and what `minutes` keeps of a key.
ENDS = ["moonrail=copies", "moonrail=state=minutes"]
# Messages that are asked for at once.
LOOKED_AT = 32
KEY = re.compile(rb"^ce-partitionkey: (\S+)\r$", re.MULTILINE)


class FleetProducer(Producer):
    """Sends each slice through any of some workers, until one of them acknowledges it."""

    def __init__(self, workers, scenario, number, seed, slice_events, pause_seconds):
        super().__init__(workers[0].moonrail, scenario, number, seed, slice_events, pause_seconds,
                         EFFECT_SECONDS_MAX)
        self.ways = workers

    def attempt(self):
        self.moonrail = self.random.choice(self.ways).moonrail
        timer = threading.Timer(self.random.uniform(0.5, 1) * ATTEMPT_SECONDS, self.kill)
        timer.start()
        try:
            return super().attempt()
        finally:
            timer.cancel()


class Marks:
    """Sends a mark into each partition and waits for what comes of it."""

    def __init__(self, fleet, scenario, seed):
        self.workers = fleet.workers
        self.scenario = scenario
        self.lanes = scenario.variant.lanes
        self.producer = FleetProducer(fleet.workers, scenario, MARKER, seed, 0, 0)
        self.client = NATSClient(broker.port for broker in fleet.cluster.brokers)
        # Of each station's stream the number of the message that is looked at next.
        self.next = dict.fromkeys(ENDS, 1)

    def seconds(self, began, undisturbed):
        """Sends marks through undisturbed workers; the seconds from `began` to all effects."""
        self.skip()
        first = self.producer.acknowledged
        keys = {self.scenario.input(MARKER, number)["k"].encode()
                for number in range(first, first + self.lanes)}
        self.producer.ways = undisturbed
        self.producer.send(self.lanes)
        missing = {(stream, key) for stream in ENDS for key in keys}
        while True:
            for stream in ENDS:
                self.look(stream, missing)
            seconds = time.monotonic() - began
            if not missing:
                return seconds
            if seconds > EFFECT_SECONDS_MAX:
                raise Failure("no effect in %.0f s: %s" % (
                    seconds, ", ".join("%s of %s" % (key.decode(), stream)
                                       for stream, key in sorted(missing))))
            time.sleep(0.05)

    def skip(self):
        """What lies there already has nothing to do with marks that are still to come."""
        for stream in ENDS:
            self.next[stream] = max(
                self.next[stream], (self.client.last_sequence(stream) or 0) + 1)

    def look(self, stream, missing):
        """Takes all that has come to a stream off what is missing."""
        while messages := self.client.messages(stream, self.next[stream], LOOKED_AT):
            self.next[stream] += len(messages)
            for message in messages:
                key = KEY.search(message["hdrs"])
                if key:
                    missing.discard((stream, key.group(1)))

    def close(self):
        self.client.close()
