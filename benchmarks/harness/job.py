"""The reference job: its input, and what must come out of it.

Peers may order a document's members and write its numbers differently, so that the check is over
what the documents say: each output is parsed, written in one form, and hashed, in order.
"""
import hashlib
import json
import math
import os
import subprocess
import sys

from .machine import PEERS, RESULTS


def function():
    """The function of the reference job, as Moonrail runs it."""
    return open(os.path.join(PEERS, "celsius.lua")).read()


def events_file(count):
    """The file of the first `count` events, generated once."""
    os.makedirs(RESULTS, exist_ok=True)
    path = os.path.join(RESULTS, "events-%d.ndjson" % count)
    if not os.path.exists(path):
        with open(path + ".part", "w") as file:
            subprocess.run([sys.executable, os.path.join(PEERS, "gen_events.py"), str(count)],
                           check=True, stdout=file)
        os.rename(path + ".part", path)
    return path


def expected_events(lines):
    """The documents that the job makes of the input's lines."""
    for line in lines:
        event = json.loads(line)
        fahrenheit = event.pop("temp_f")
        if fahrenheit >= 60:
            event["temp_c"] = math.floor((fahrenheit - 32) * 500 / 9 + 0.5) / 100
            event["scale"] = "C"
            yield event


class Digest:
    """Counts and hashes documents in their order."""

    def __init__(self):
        self.count = 0
        self.hash = hashlib.sha256()

    def add(self, document):
        self.count += 1
        text = json.dumps(document, sort_keys=True, separators=(",", ":"))
        self.hash.update(text.encode())
        self.hash.update(b"\n")

    def value(self):
        return {"count": self.count, "sha256": self.hash.hexdigest()}


def digest_of_lines(lines):
    """The digest of lines of JSON, whatever way they are written in."""
    digest = Digest()
    for line in lines:
        # 21 and 21.0 are the same number, and each peer has its own way.
        digest.add(json.loads(line, parse_int=float))
    return digest.value()


def expected(events):
    """The digest that the outputs of the job over this file must have; computed once."""
    path = events + ".expected.json"
    if os.path.exists(path) and os.path.getmtime(path) >= os.path.getmtime(events):
        return json.load(open(path))
    with open(events) as lines:
        value = digest_of_lines(json.dumps(event) for event in expected_events(lines))
    with open(path, "w") as file:
        json.dump(value, file)
    return value


def verify(events, lines):
    """Ends the program unless these lines are the job's outputs, all of them and in order."""
    got, wanted = digest_of_lines(lines), expected(events)
    if got != wanted:
        sys.exit("the outputs are not the job's: %s, expected %s" % (got, wanted))
