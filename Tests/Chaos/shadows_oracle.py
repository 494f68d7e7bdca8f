"""What must be in place after any number of shadows and swaps, from the inputs alone.

Takes from the store the order of the inputs within a partition, and from the function's history
which shadows took its place.
"""
from arithmetic import partition_of
from comparison import Expected, compare, lane_of_cause
from scenario import compact


class Places:
    """Which run of the function is in place, and which is its shadow, as its history tells."""

    def __init__(self, history, versions):
        """history: what was done to it, oldest first; versions: numbers by the script's hash."""
        # The number of the version that each began with; None: there is no shadow.
        self.live, self.shadow = 0, None
        # Whether the shadow is what was in place before, and stands still.
        self.is_kept = False
        for change in history:
            if change["change"] == "shadowed":
                self.shadow, self.is_kept = versions[change["version"]["script"]], False
            elif change["change"] == "swapped":
                self.live, self.shadow, self.is_kept = self.shadow, self.live, True
            elif change["change"] == "shadow-dropped":
                self.shadow = None


class ShadowsOracle:
    """Compares one run with what its inputs and its swaps determine."""

    def __init__(self, scenario, places, differences):
        self.scenario = scenario
        self.places = places
        self.differences = differences

    def expect(self, place, wanted, found):
        self.differences.compared += 1
        if wanted != found:
            self.differences.note(place, wanted, found)

    def check(self, reader, produced):
        inputs = reader.station("in")
        self.check_inputs(inputs, produced)
        folds = [self.scenario.fold(events) for events in inputs]
        self.check_outputs("sums", reader.station("sums"), folds, self.places.live)
        self.check_outputs("copies", reader.station("copies"), folds, None)
        self.check_states("state.fold", reader.station("state.fold"), folds)
        self.check_letters("dead.fold", reader, folds)
        kept = self.places.is_kept
        if self.places.shadow is not None:
            name = "shadow.fold.sums"
            self.check_outputs(name, reader.station(name), folds, self.places.shadow, kept)
            name = "state.shadow.fold"
            self.check_states(name, reader.station(name), folds, kept)
        else:
            for name in ("shadow.fold.sums", "state.shadow.fold", "dead.shadow.fold"):
                self.expect(name, False, name in reader.partitions)
        for lane in reader.lanes:
            if not (kept and lane["function"] == "shadow.fold"):
                self.expect("lane %s/%d: lag" % (lane["function"], lane["partition"]),
                            0, lane["lag"])

    def check_inputs(self, found, produced):
        """Each producer's events once, in its order within each partition, at gapless offsets."""
        wanted = [{} for _ in found]
        for producer, count in enumerate(produced):
            for number in range(count):
                event = self.scenario.input(producer, number)
                wanted[partition_of(event["k"], len(wanted))].setdefault(producer, []).append(
                    Expected(compact(event), event["k"], None, event["id"]))
        compare(self.differences, "in", found, wanted, lambda event: event.data["p"])

    def check_outputs(self, station, found, folds, version, stands_still=False):
        """Each event's output once and in order.

        version: the one that made the first; None: it is not asked. stands_still: whether the rest
        may be missing.
        """
        ids = set()
        for partition, (events, (outputs, _, _)) in enumerate(zip(found, folds)):
            place = "%s/%d" % (station, partition)
            if stands_still:
                outputs = outputs[:len(events)]
            self.expect(place + ": outputs", len(outputs), len(events))
            if events and version is not None:
                self.expect(place + ": first version", version, events[0].data["v"])
            for event, (key, number, producer, total) in zip(events, outputs):
                data = event.data
                self.expect("%s/%d" % (place, event.offset), (key, number, producer, total),
                            (event.key, data["n"], data["p"], data["sum"]))
                self.expect("%s/%d: an id of its own" % (place, event.offset),
                            False, event.id in ids)
                ids.add(event.id)

    def check_states(self, station, found, folds, stands_still=False):
        """Each change of state once, in order."""
        for partition, (events, (_, _, changes)) in enumerate(zip(found, folds)):
            place = "%s/%d" % (station, partition)
            if stands_still:
                changes = changes[:len(events)]
            self.expect(place + ": changes", len(changes), len(events))
            for event, change in zip(events, changes):
                self.expect("%s/%d" % (place, event.offset), change, (event.key, event.payload))

    def check_letters(self, station, reader, folds):
        """Each event that failed once."""
        events = reader.station(station)[0] if station in reader.partitions else []
        found = [[] for _ in folds]
        for event in events:
            found[lane_of_cause(event)].append(int(event.cause.split("/")[2]))
        for partition, (offsets, (_, refused, _)) in enumerate(zip(found, folds)):
            self.expect("%s of lane %d" % (station, partition), refused, offsets)
