"""The sends campaign: each id sent by several producers at once, with a restart in the middle."""
import json
import os
import random
import shutil
import subprocess
import tempfile
import threading
import time

from comparison import Differences
from processes import COMMAND_SECONDS, Failure, Moonrail, end
from scenario import VARIANTS, Scenario
from stations import Reader
from verdict import check_file

SENDERS = 3
FILE_EVENTS = 5000
RESTARTS = 5


class Sender(threading.Thread):
    """Sends all files in order, each until it is acknowledged."""

    def __init__(self, moonrail, files):
        super().__init__(daemon=True)
        self.moonrail = moonrail
        self.files = files
        self.done = 0
        self.duplicates = 0
        self.failure = None

    def run(self):
        try:
            for path in self.files:
                self.send(path)
                self.done += 1
        except Exception as failure:
            self.failure = failure

    def send(self, path):
        deadline = time.monotonic() + COMMAND_SECONDS * 2
        while True:
            sent = subprocess.run(
                self.moonrail.command("produce", "sent", path, "--id", "id", "--json"),
                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=COMMAND_SECONDS,
                stdin=subprocess.DEVNULL, env=Moonrail.environment())
            if sent.returncode == 0:
                answer = json.loads(sent.stdout)
                if answer["accepted"] + answer["duplicates"] != FILE_EVENTS:
                    raise Failure("%s: answer %s" % (path, sent.stdout))
                self.duplicates += answer["duplicates"]
                return
            if sent.returncode not in (1, 5) or time.monotonic() > deadline:
                raise Failure("%s: status %d: %s\n%s" % (
                    path, sent.returncode, sent.stderr, self.moonrail.log_tail()))
            time.sleep(0.01)


def payload(seed, number):
    return '{"id":"s%d-%d","n":%d}' % (seed, number, number)


def run(options, seed):
    """What was sent and found, as one line; raises Failure when anything differs."""
    began = time.monotonic()
    draw = random.Random(seed)
    directory = tempfile.mkdtemp(prefix="sends-", dir=options.directory)
    functions, configuration = Scenario(seed, VARIANTS[0]).write(directory)
    moonrail = Moonrail(options.binary, directory, functions, configuration)
    total = options.ids // FILE_EVENTS * FILE_EVENTS
    files = []
    for first in range(0, total, FILE_EVENTS):
        files.append(os.path.join(directory, "sent-%d.ndjson" % first))
        with open(files[-1], "w") as file:
            file.writelines(payload(seed, number) + "\n"
                            for number in range(first, first + FILE_EVENTS))
    worker = moonrail.start_worker()
    moonrail.wait_for_answers(worker)
    senders = [Sender(moonrail, files) for _ in range(SENDERS)]
    kills = 0
    try:
        for sender in senders:
            sender.start()
        for part in sorted(draw.uniform(0, 0.9) for _ in range(RESTARTS)):
            wait_for(senders, int(part * len(files)))
            # Anywhere in a file, not at its end.
            time.sleep(draw.uniform(0, 0.15))
            end(worker)
            kills += 1
            worker = moonrail.start_owner()
        wait_for(senders, len(files))
    finally:
        end(worker)
    differences = Differences()
    with Reader(moonrail) as reader:
        [events] = reader.station("sent")
    check(seed, total, events, differences)
    check_file(moonrail, differences)
    if differences.count:
        raise Failure("sends, seed %d: %d differences, the first:\n  %s\ndata kept in %s" % (
            seed, differences.count, "\n  ".join(differences.first), directory))
    shutil.rmtree(directory)
    return (
        "sends seed %d: %d ids x %d concurrent sends, %d kills and restarts of the worker: %d "
        "events stored, each id once and in order; %d duplicates answered; %.0f s" % (
            seed, total, SENDERS, kills, len(events),
            sum(sender.duplicates for sender in senders), time.monotonic() - began))


def wait_for(senders, files):
    """Waits until every sender has sent so many files."""
    deadline = time.monotonic() + COMMAND_SECONDS * 5
    while min(sender.done for sender in senders) < files:
        for sender in senders:
            if sender.failure is not None:
                raise sender.failure
        if time.monotonic() > deadline:
            raise Failure("the senders do not get on")
        time.sleep(0.005)


def check(seed, total, events, differences):
    """A sender sends a line after all before it are stored, so that the order is the files'."""
    if len(events) != total:
        differences.note("sent", "%d events" % total, len(events))
    for number, event in enumerate(events):
        differences.compared += 1
        if event.offset != number or event.payload != payload(seed, number):
            differences.note("sent/0/%d" % event.offset, payload(seed, number), event.payload)
    if len({event.id for event in events}) != len(events):
        differences.note("sent", "each id once", "repeated ids")


def campaign(options, shim, report):
    """One run."""
    name = "sends %d seed %d" % (options.ids, options.seed)
    if report.begin(name):
        report.done(name, run(options, options.seed))
    report.finish("sends", "%d ids x %d concurrent sends: each stored once" % (
        options.ids, SENDERS))
