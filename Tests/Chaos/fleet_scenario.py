"""The functions of the history campaign, on workers that share a cluster of brokers.

To the producers comes one that sends marks: events whose effects tell that a partition's lanes run.
"""
import json
import os

from arithmetic import mix, partition_of
from history_scenario import TIME_BEGIN, HistoryScenario, HistoryVariant

# Who sends marks, and how far event time is between those of one partition.
MARKER = 2
MARK_STEP = 4000
FLEET_VARIANT = HistoryVariant("three workers", 3, 2)


class FleetScenario(HistoryScenario):
    """All that one seed determines, and each worker's configuration."""

    def __init__(self, seed):
        super().__init__(seed, FLEET_VARIANT)
        # The numbers of marks, in order, so far as they were asked for.
        self.calm = []

    def input(self, producer, number):
        """The payload of an event; a mark has a key of its own, for each partition in turn."""
        if producer != MARKER:
            return super().input(producer, number)
        partition = number % self.variant.lanes
        return {"a": 1, "at": TIME_BEGIN + number // self.variant.lanes * MARK_STEP,
                "id": "p%d-%d" % (producer, number), "k": self.mark_key(number, partition),
                "n": self.calm_number(number), "p": producer}

    def mark_key(self, number, partition):
        return next(key for key in ("m%dv%d" % (number, variation) for variation in range(1000))
                    if partition_of(key, self.variant.lanes) == partition)

    def calm_number(self, place):
        """Of the numbers with which `sum` neither closes an account nor fails, the one there."""
        number = self.calm[-1] + 1 if self.calm else 0
        while len(self.calm) <= place:
            unit = number * 8 + MARKER
            if mix(unit, 11, self.salt) % 40 != 3 and mix(unit, 12, self.salt) % 100 != 42:
                self.calm.append(number)
            number += 1
        return self.calm[place]

    def configure(self, directory, functions, worker, ports, replicas, lease_seconds):
        """Writes the configuration of one worker; returns its path."""
        path = os.path.join(directory, "moonrail.yaml")
        with open(path, "w") as file:
            file.write(self.configuration(functions))
            file.write("engine: nats\nnats:\n  replicas: %d\n  lease: %ds\n  worker: %s\n"
                       "  servers: %s\n" % (
                           replicas, lease_seconds, worker,
                           json.dumps(["nats://127.0.0.1:%d" % port for port in ports])))
        return path
