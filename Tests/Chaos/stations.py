"""Reads stations and lanes with the commands that users have."""
import concurrent.futures
import json
import os

from processes import end


class Event:
    """One stored event as 'moonrail read --format json' prints it."""

    __slots__ = ("partition", "offset", "id", "key", "payload", "data", "cause", "root",
                 "generation", "reason", "timers")

    def __init__(self, line):
        fields = json.loads(line)
        headers = fields["headers"] or {}
        self.partition = fields["partition"]
        self.offset = fields["offset"]
        self.id = fields["id"]
        self.key = fields["key"]
        # The payload is the last member, printed as it is stored; inside a header the quotes of
        # this mark would be escaped.
        self.payload = line[line.index(',"data":') + 8:-1]
        self.data = fields["data"]
        self.cause = headers.get("moonrailinput")
        self.root = headers.get("correlationid")
        self.generation = int(headers.get("moonrailgeneration", 0))
        self.reason = headers.get("deadreason")
        self.timers = json.loads(headers.get("moonrailstatetimers", "[]"))

    def __str__(self):
        return "%s caused by %s" % (self.payload, self.cause)


class QuietWorker:
    """A worker that runs no function, so that nothing moves while it owns the directory."""

    def __init__(self, moonrail):
        self.moonrail = moonrail
        self.worker = None

    def __enter__(self):
        empty = os.path.join(self.moonrail.directory, "no-functions")
        os.makedirs(empty, exist_ok=True)
        self.worker = self.moonrail.start_owner(functions=empty)
        return self

    def __exit__(self, *_):
        end(self.worker)


class Reader(QuietWorker):
    """Reads all stations, so that the store is opened once."""

    def __enter__(self):
        super().__enter__()
        listed = json.loads(self.moonrail.answer("station", "list", "--json"))
        self.partitions = {one["name"]: len(one["partitions"]) for one in listed}
        with concurrent.futures.ThreadPoolExecutor(max_workers=2) as pool:
            texts = pool.map(lambda name: self.moonrail.answer("read", name), self.partitions)
            self.texts = dict(zip(self.partitions, texts))
        self.lanes = json.loads(self.moonrail.answer("offset", "show", "--json"))
        return self

    def station(self, name):
        """The events of a station, as one list for each partition; to be asked for once."""
        events = [[] for _ in range(self.partitions[name])]
        for line in self.texts.pop(name).splitlines():
            event = Event(line)
            events[event.partition].append(event)
        return events
