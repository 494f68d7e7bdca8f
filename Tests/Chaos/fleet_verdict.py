"""Compares what a fleet has left on its brokers with what its inputs determine."""
import bisect

from comparison import Differences
from history_model import Run
from history_oracle import STATEFUL, HistoryOracle
from history_questions import Questions
from stations import QuietWorker, Reader


class PlaceReader(Reader):
    """Reads stations whose offsets have gaps, and tells places instead: the first event of a
    partition is at 0, the next one at 1, wherever an offset is told."""

    def __init__(self, moonrail, differences):
        super().__init__(moonrail)
        self.differences = differences
        self.events = {}
        # The offsets of each station and partition, in order.
        self.offsets = {}

    def __enter__(self):
        super().__enter__()
        # Moonrail's own hold what is no event of a function.
        self.events = {name: super(PlaceReader, self).station(name) for name in self.partitions
                       if not name.startswith("moonrail.")}
        for name, partitions in self.events.items():
            for partition, events in enumerate(partitions):
                self.offsets[(name, partition)] = [event.offset for event in events]
            self.check_offsets(name)
        for events in (part for station in self.events.values() for part in station):
            for place, event in enumerate(events):
                event.offset = place
                event.cause = event.cause and self.cause(event.cause)
        for lane in self.lanes:
            for position in lane["inputs"]:
                offsets = self.offsets[(position["station"], lane["partition"])]
                position["next_offset"] = bisect.bisect_left(offsets, position["next_offset"])
        return self

    def check_offsets(self, name):
        """Within a partition they increase, and no two events of a station share one."""
        known = set()
        for partition in range(self.partitions[name]):
            offsets = self.offsets[(name, partition)]
            self.differences.compared += 1
            if offsets != sorted(set(offsets)) or known & set(offsets):
                self.differences.note("%s/%d" % (name, partition), "increasing offsets", "others")
            known.update(offsets)

    def cause(self, cause):
        """The input that caused an event, with its place; as it is when there is no such input."""
        station, partition, offset = cause.split("/")
        offsets = self.offsets.get((station, int(partition)), [])
        place = bisect.bisect_left(offsets, int(offset))
        if place < len(offsets) and offsets[place] == int(offset):
            return "%s/%s/%d" % (station, partition, place)
        return "%s/%s/-%s" % (station, partition, offset)

    def station(self, name):
        return self.events.pop(name)

    def offset_of(self, station, partition, place):
        return self.offsets[(station, partition)][place]


def compare(fleet, scenario, produced, draw, questions):
    """Compares all that a fleet whose workers were stopped has left; oracle and differences.

    questions: so many about random keys at random offsets, of each function.
    """
    differences = Differences()
    runs = {(function, partition): [Run(0)] for function in STATEFUL
            for partition in range(scenario.variant.lanes)}
    oracle = HistoryOracle(scenario, produced, runs, {}, differences)
    moonrail = fleet.workers[0].moonrail
    with PlaceReader(moonrail, differences) as reader:
        oracle.check(reader.station, reader.lanes)
        Questions(moonrail, oracle, differences, reader.offset_of).ask(draw, questions)
    for worker in fleet.workers[1:]:
        # What it keeps at hand of the lanes' logs is as good as another worker's.
        with QuietWorker(worker.moonrail):
            asked = Questions(worker.moonrail, oracle, differences)
            for function in STATEFUL:
                asked.compare_states(function)
    fleet.cluster.compare_copies(differences)
    return oracle, differences
