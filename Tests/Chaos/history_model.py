"""A lane that was moved again and again, and what its output stations must hold of it."""
from comparison import Expected
from scenario import compact


class Run:
    """What a lane did from one reset to the next; the first one from its beginning."""

    def __init__(self, number, outputs=None, start=0, end=0):
        """end: where the lane had been before, so far as what runs again may be there already."""
        self.number = number
        self.outputs = outputs
        self.start = start
        self.end = end
        # The offset that it came to, and where nobody was told that, the bounds of it.
        self.stop = None
        self.stop_least = None
        self.stop_most = None
        # What was removed from its stations meanwhile.
        self.cuts = []
        # What a replay that fills in must find, and what it said when it was over: present, added,
        # differing.
        self.filled = None
        self.counts = None

    def __str__(self):
        return "run %d (%s from %d, before %d)" % (
            self.number, self.outputs or "first", self.start, self.end)


class Cut:
    """What was removed from a station while its lane stood at an offset."""

    def __init__(self, offset, station, earliest=None):
        """earliest: the offset before which nothing is left; None: the station was deleted."""
        self.offset = offset
        self.station = station
        self.earliest = earliest


class Entry:
    """One output, or one dead letter: emission None."""

    __slots__ = ("generation", "offset", "emission", "expected")

    def __init__(self, generation, offset, emission, expected):
        self.generation = generation
        self.offset = offset
        self.emission = emission
        self.expected = expected

    @property
    def identity(self):
        return self.generation, self.offset, self.emission


class Output:
    """One lane's part of a station, in the order in which it came."""

    def __init__(self):
        # All that was appended since the station was made, and how many are gone again.
        self.entries = []
        self.gone = 0
        self.identities = set()

    def append(self, entry):
        self.entries.append(entry)
        self.identities.add(entry.identity)

    def cut(self, earliest):
        """Removes what retention did; all when the station was deleted."""
        if earliest is None:
            self.entries, self.gone, self.identities = [], 0, set()
        elif earliest > self.gone:
            self.identities.difference_update(
                entry.identity for entry in self.entries[self.gone:earliest])
            self.gone = earliest


class LaneModel:
    """Plays the runs of one lane."""

    def __init__(self, source, function, partition, fold, runs):
        self.source = source
        self.partition = partition
        self.fold = fold
        self.runs = runs
        self.dead = "dead." + function
        self.outputs = {self.dead: Output()}
        self.counts = dict(processed=0, emitted=0, dropped=0, dead_letters=0)
        # Where replays that appended began.
        self.generations = []

    @property
    def is_exact(self):
        """Whether it is known of each run how far it came."""
        return all(run.stop is not None for run in self.runs)

    def play(self, letters):
        """letters: the dead letters that are there, as pairs of generation and offset, in order.
        They tell whether a run came as far as a failing event where nothing else does."""
        for run in self.runs:
            if run.outputs == "append":
                self.generations = [known for known in self.generations if known[1] < run.start]
                self.generations.append((run.number, run.start))
            cuts = list(run.cuts)
            run.filled = [0, 0, 0]
            most = run.stop if run.stop is not None else run.stop_most
            for offset in range(run.start, most):
                while cuts and cuts[0].offset <= offset:
                    self.cut(cuts.pop(0))
                self.take(run, offset, letters)
            for cut in cuts:
                self.cut(cut)

    def generation(self, offset):
        return next((number for number, start in reversed(self.generations) if start <= offset), 0)

    def cut(self, cut):
        self.output(cut.station).cut(cut.earliest)

    def output(self, station):
        return self.outputs.setdefault(station, Output())

    def take(self, run, offset, letters):
        effects = self.fold.effects[offset]
        event = self.fold.events[offset]
        generation = self.generation(offset)
        is_certain = run.stop is not None or offset < run.stop_least
        fills = run.outputs == "fill" and offset < run.end
        cause = "%s/%d/%d" % (self.source, self.partition, offset)
        made = [(station, key, compact(data), number)
                for number, (station, key, data) in enumerate(effects.emissions)]
        made += [(station, key, compact(data), ("fired", number))
                 for number, (station, key, data) in enumerate(effects.fired)]
        if effects.is_dead:
            made.append((self.dead, event.key, event.payload, None))
        for station, key, payload, emission in made:
            entry = Entry(generation, offset, emission,
                          Expected(payload, key, cause, event.root or event.id, generation))
            output = self.output(station)
            if fills:
                is_there = entry.identity in output.identities
                run.filled[0 if is_there else 1] += 1
                if is_there:
                    continue
            if not is_certain:
                number = len(output.entries)
                if letters[number:number + 1] != [(generation, offset)]:
                    continue
            output.append(entry)
            self.counts["dead_letters" if emission is None else "emitted"] += 1
        self.counts["processed"] += 1
        self.counts["dropped"] += not effects.emissions and not effects.is_dead


def check_state_log(differences, lane, function, found):
    """Compares what a lane wrote to its state station, and finds how far each of its runs came.

    A lane that was moved gives keys back what they had at that place before anything runs; being
    killed it may do so again. From then on there is one event for each change.
    """
    station = "state." + function
    log = {}
    place = 0
    for number, run in enumerate(lane.runs):
        events = []
        while place < len(found) and found[place].generation == run.number:
            events.append(found[place])
            place += 1
        base = lane.fold.states(run.start)
        rest = restored(events, run, lane, base, log) if number > 0 else events
        if log != base:
            differing = sorted(key for key in log.keys() | base.keys()
                               if log.get(key) != base.get(key))
            differences.note(
                "%s/%d at the beginning of %s" % (station, lane.partition, run),
                "%s %s" % (differing[0], base.get(differing[0])), log.get(differing[0]))
            log = dict(base)
        come = compare_changes(differences, station, lane, run, rest, log)
        find_stop(differences, station, lane, number, come)
    if place < len(found):
        differences.note("%s/%d" % (station, lane.partition), "no more events",
                         "%s of generation %d" % (found[place], found[place].generation))


def restored(events, run, lane, base, log):
    """Takes the events that give keys back what they had; answers those behind."""
    cause = "%s/%d/%d" % (lane.source, lane.partition, run.start)
    for number, event in enumerate(events):
        if event.cause != cause or event.payload != base.get(event.key, "null"):
            return events[number:]
        take_over(log, event.key, event.payload)
    return []


def take_over(log, key, state):
    if state == "null":
        log.pop(key, None)
    else:
        log[key] = state


def compare_changes(differences, station, lane, run, events, log):
    """Compares the changes of a run; the offset behind the last event that made some."""
    offset = come = run.start
    place = 0
    while place < len(events) and offset < len(lane.fold.effects):
        changes = lane.fold.effects[offset].changes
        cause = "%s/%d/%d" % (lane.source, lane.partition, offset)
        for key, state, timers in changes:
            differences.compared += 1
            event = events[place] if place < len(events) else None
            wanted = (cause, key, state, timers)
            there = event and (event.cause, event.key, event.payload, event.timers)
            if wanted != there:
                differences.note("%s/%d/%s, %s" % (
                    station, lane.partition, event.offset if event else "end", run), wanted, there)
            take_over(log, key, state)
            place += 1
        offset += 1
        if changes:
            come = offset
    if place < len(events):
        differences.note("%s/%d, %s" % (station, lane.partition, run), "no more changes",
                         events[place])
    return come


def find_stop(differences, station, lane, number, come):
    """Finds out where a run ended, from what the next reset told, or else from its changes."""
    run = lane.runs[number]
    least = come
    most = come
    effects = lane.fold.effects
    while most < len(effects) and not effects[most].changes:
        most += 1
    if number + 1 == len(lane.runs):
        run.stop = len(effects)
    elif run.stop is None:
        following = lane.runs[number + 1]
        if following.end > run.end:
            run.stop = following.end
        else:
            # It was moved before it had come where it stood, and nobody was told from where.
            most = min(most, following.end)
    if run.stop is None:
        run.stop_least, run.stop_most = least, most
        return
    if number + 1 < len(lane.runs) and lane.runs[number + 1].end != max(run.stop, run.end):
        differences.note("%s/%d, %s" % (lane.dead, lane.partition, lane.runs[number + 1]),
                         "it stood at %d" % max(run.stop, run.end), "it says otherwise")
    if not least <= run.stop <= most:
        differences.note("%s/%d, %s" % (station, lane.partition, run),
                         "changes of events up to %d" % run.stop,
                         "changes of events up to %d" % come)
