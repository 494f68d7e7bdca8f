"""Compares what a station holds with what it must hold, event by event."""


class Expected:
    """One event that must be stored, and what caused it."""

    __slots__ = ("payload", "key", "cause", "root", "generation")

    def __init__(self, payload, key, cause, root, generation=0):
        self.payload = payload
        self.key = key
        self.cause = cause
        self.root = root
        self.generation = generation


class Differences:
    """Collects what is not as it must be; keeps the first few of them."""

    KEPT = 20

    def __init__(self):
        self.count = 0
        self.first = []
        self.compared = 0

    def note(self, place, expected, found):
        self.count += 1
        if len(self.first) < self.KEPT:
            self.first.append("%s: expected %s, found %s" % (place, expected, found))


def compare(differences, station, found, wanted, source_of, kept=None):
    """found: events by partition; wanted: for each partition, by source, its events in order.

    kept: of how many events retention keeps at least the latest, in a station each of whose
    partitions has one source.
    """
    note = differences.note
    if len(found) != len(wanted):
        note(station, "%d partitions" % len(wanted), "%d" % len(found))
    ids = {}
    for partition, (events, sources) in enumerate(zip(found, wanted)):
        total = sum(map(len, sources.values()))
        start = 0 if kept is None else events[0].offset if events else total
        taken = dict.fromkeys(sources, start)
        for number, event in enumerate(events, start):
            place = "%s/%d/%d" % (station, partition, event.offset)
            differences.compared += 1
            if event.offset != number:
                note(place, "offset %d" % number, "offset %d" % event.offset)
            if event.id in ids:
                note(place, "an id of its own", "the id of " + ids[event.id])
            ids[event.id] = place
            source = source_of(event)
            rest = sources.get(source, ())
            turn = taken.get(source, start)
            taken[source] = turn + 1
            if turn >= len(rest):
                note(place, "nothing more of source %s" % source, event)
            else:
                compare_event(differences, place, event, rest[turn])
        for source, rest in sources.items():
            if taken[source] < len(rest):
                note("%s/%d" % (station, partition),
                     "%d events of source %s, next %s" % (
                         len(rest), source, rest[taken[source]].payload),
                     "%d" % taken[source])
    if kept is not None:
        total = sum(len(events) for sources in wanted for events in sources.values())
        least = min(kept, total)
        there = sum(map(len, found))
        if there < least:
            note(station, "the latest %d events at least" % least, there)


def compare_event(differences, place, event, wanted):
    note = differences.note
    if event.payload != wanted.payload:
        note(place, wanted.payload, event.payload)
    if event.key != wanted.key:
        note(place, "key %s" % wanted.key, "key %s" % event.key)
    if wanted.cause is None:
        if event.id != wanted.root:
            note(place, "id %s" % wanted.root, "id %s" % event.id)
        return
    if event.cause != wanted.cause:
        note(place, "caused by " + wanted.cause, "caused by %s" % event.cause)
    if event.root != wanted.root:
        note(place, "correlation " + wanted.root, "correlation %s" % event.root)
    if event.generation != wanted.generation:
        note(place, "generation %d" % wanted.generation, "generation %d" % event.generation)


def lane_of_cause(event):
    """The lane that wrote an event: the partition of the input that caused it."""
    return int(event.cause.split("/")[1]) if event.cause else None
