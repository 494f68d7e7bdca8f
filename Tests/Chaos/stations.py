"""Reads stations and lanes with the commands that users have."""
import concurrent.futures
import json
import os

from processes import end


class Event:
    """One stored event as 'moonrail read --format json' prints it."""

    __slots__ = ("partition", "offset", "id", "key", "payload", "data", "cause", "root", "reason")

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
        self.reason = headers.get("deadreason")

    def __str__(self):
        return "%s caused by %s" % (self.payload, self.cause)


class Reader:
    """Reads stations from a worker that runs no function, so that the store is opened once."""

    def __init__(self, moonrail):
        self.moonrail = moonrail
        self.worker = None

    def __enter__(self):
        empty = os.path.join(self.moonrail.directory, "no-functions")
        os.makedirs(empty, exist_ok=True)
        self.worker = self.moonrail.start_worker(functions=empty)
        self.moonrail.wait_for_answers(self.worker)
        listed = json.loads(self.moonrail.answer("station", "list", "--json"))
        self.partitions = {one["name"]: len(one["partitions"]) for one in listed}
        with concurrent.futures.ThreadPoolExecutor(max_workers=2) as pool:
            texts = pool.map(lambda name: self.moonrail.answer("read", name), self.partitions)
            self.texts = dict(zip(self.partitions, texts))
        self.lanes = json.loads(self.moonrail.answer("offset", "show", "--json"))
        return self

    def __exit__(self, *_):
        end(self.worker)

    def station(self, name):
        """The events of a station, as one list for each partition."""
        events = [[] for _ in range(self.partitions[name])]
        for line in self.texts.pop(name).splitlines():
            event = Event(line)
            events[event.partition].append(event)
        return events
