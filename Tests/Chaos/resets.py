"""Somebody who moves functions back, again and again, while everything dies."""
import contextlib
import json
import random
import time

from history_model import Cut, Run
from history_questions import counts_of
from mover import Mover
from processes import COMMAND_SECONDS, Failure
from stations import QuietWorker

# Reasons for which a reset may be refused; nothing was moved then. It was moved to the beginning
# just before and has not run since:
NOTHING_TO_FILL = "there is nothing to fill in"
# The worker has only just started, or there is none since one that ran no functions:
NOT_DEPLOYED = ["does not run, and no version of it is deployed",
                "was never deployed; a worker deploys it", "never ran, so that it has no positions"]
# A lane goes back by so many digits of events, or to the beginning.
BACK_DIGITS_MAX = 3.5
# What takes a second or so although it is not much.
FEW_EVENTS = 1000
# A reset is asked for again so often while nothing is deployed.
DEPLOYED_ATTEMPTS = 5
# How long a reset waits for a worker that it can ask.
OWNER_SECONDS = 1
# What may be removed at a time.
REMOVED = [("sum", ["sums"]), ("sum", ["side"]), ("sum", ["side", "sums"]),
           ("minutes", ["counts"])]
# How long retention gets to remove something, at most.
RETENTION_SECONDS = 2.5


class Resets(Mover):
    """Resets one function after the other, and takes down what each lane was told to do."""

    what = "a reset"

    def __init__(self, moonrail, variant, seed, pause_seconds):
        super().__init__(moonrail, random.Random(seed * 37 + 5))
        self.lanes = variant.lanes
        self.pause_seconds = pause_seconds
        self.runs = {(function, partition): [Run(0)]
                     for function in ("sum", "minutes") for partition in range(self.lanes)}
        # Functions and partitions of lanes whose outputs were removed and are not yet filled in.
        self.owed = set()
        # Ids of outputs that were removed.
        self.ids = {}

    def pause(self):
        return self.random.uniform(0.2, 2) * self.pause_seconds

    # One reset

    def step(self):
        """Does what is owed first, else something at random."""
        if self.owed and self.random.random() < 0.7:
            return self.fill_owed()
        function = "minutes" if self.random.random() < 0.3 else "sum"
        outputs = self.random.choice(["append", "fill"])
        if self.random.random() < 0.2:
            return self.reset(function, outputs, None, 0)
        partition = self.random.randrange(self.lanes)
        # Back from where it has come in any case: to pass over events is not what is meant.
        back = int(10 ** self.random.uniform(0, BACK_DIGITS_MAX))
        return self.reset(function, outputs, partition,
                          max(0, self.position(function, partition) - back), back)

    def fill_owed(self):
        for function in sorted({function for function, _ in self.owed}):
            self.reset(function, "fill", None, 0)

    def reset(self, function, outputs, partition, start, events=FEW_EVENTS):
        """Moves one lane, or all, and finds out which were moved when the answer got lost.

        events: about so many run again; now and then they are made to take a second or so.
        """
        self.note_counts(function)
        asked = range(self.lanes) if partition is None else [partition]
        arguments = ["offset", "reset", function, "--outputs", outputs, "--yes", "--json",
                     "--to", str(start) if start > 0 else "earliest"]
        if partition is not None:
            arguments += ["--partition", str(partition)]
        if self.random.random() < 0.3:
            rate = max(events, FEW_EVENTS) * self.random.uniform(0.5, 5)
            arguments += ["--rate", str(int(rate))]
        done = self.ask(arguments)
        moved = []
        if done.returncode == 0:
            moved = self.note_answer(function, outputs, json.loads(done.stdout)["lanes"])
            if moved != list(asked):
                raise Failure("moonrail %s: of lanes %s %s were moved" % (
                    " ".join(arguments), list(asked), moved))
        elif done.returncode == 4:
            if not any(reason in done.stderr for reason in [NOTHING_TO_FILL, *NOT_DEPLOYED]):
                raise Failure("moonrail %s: %s" % (" ".join(arguments), done.stderr))
        elif done.returncode not in (1, 5):
            raise Failure("moonrail %s: status %d: %s" % (
                " ".join(arguments), done.returncode, done.stderr))
        if done.returncode != 0:
            moved = self.note_unanswered(function, outputs, asked, start)
        if done.returncode == 4 and moved:
            raise Failure("moonrail %s was refused, and lanes %s were moved" % (
                " ".join(arguments), moved))
        what = "%s %s" % (function, outputs)
        self.did(what if done.returncode == 0 else "refused" if done.returncode == 4
                   else what + " without an answer" if moved else "never begun")
        if 0 < len(moved) < len(asked):
            self.did("of some lanes only")

    def ask(self, arguments):
        """The command, given once more while the worker has not come so far yet."""
        for _ in range(DEPLOYED_ATTEMPTS):
            if self.random.random() < 0.8:
                self.wait_for_owner()
            done = self.moonrail.attempt(*arguments)
            if done.returncode != 4 or not any(reason in done.stderr for reason in NOT_DEPLOYED):
                break
            time.sleep(0.05)
        return done

    def note_answer(self, function, outputs, lanes):
        """Takes down what was done and answered; the lanes that were moved."""
        for lane in lanes:
            [place] = lane["inputs"]
            last = self.runs[(function, lane["partition"])][-1]
            last.stop = place["from"]
            if last.stop < last.end:
                self.did("while one was under way")
            self.begin(function, lane["partition"], Run(
                last.number + 1, outputs, place["to"], max(last.stop, last.end)))
        return [lane["partition"] for lane in lanes]

    def note_unanswered(self, function, outputs, asked, start):
        """Finds out and takes down what was done while nobody was told; the lanes that were
        moved."""
        moved = []
        for replay in self.replays(function):
            last = self.runs[(function, replay["partition"])][-1]
            if replay["generation"] == last.number:
                continue
            if replay["generation"] != last.number + 1 or replay["outputs"] != outputs \
                    or replay["partition"] not in asked:
                raise Failure("%s, and then replay show %s says %s" % (last, function, replay))
            self.begin(function, replay["partition"], Run(
                last.number + 1, outputs, start, start + replay["events"]))
            moved.append(replay["partition"])
        return moved

    def begin(self, function, partition, run):
        self.runs[(function, partition)].append(run)
        if run.start == 0:
            # Another generation owes nothing to the one before.
            self.owed.discard((function, partition))

    def note_counts(self, function):
        """Takes down what replays that fill in have found, those that are over."""
        lasts = {partition: self.runs[(function, partition)][-1]
                 for partition in range(self.lanes)}
        if all(run.outputs != "fill" for run in lasts.values()):
            return
        for replay in self.replays(function):
            run = lasts[replay["partition"]]
            if replay["generation"] == run.number and replay["events_left"] == 0 \
                    and not replay["is_restoring"]:
                run.counts = counts_of(replay)

    def replays(self, function):
        return self.told("replay", "show", function, "--json")

    def position(self, function, partition):
        return next((lane["inputs"][0]["next_offset"]
                     for lane in self.told("offset", "show", "--json")
                     if (lane["function"], lane["partition"]) == (function, partition)), 0)

    def told(self, *arguments):
        """What a command says that only reads; asked again until somebody lives to answer."""
        deadline = time.monotonic() + COMMAND_SECONDS
        while True:
            self.wait_for_owner()
            done = self.moonrail.attempt(*arguments)
            if done.returncode == 0:
                return json.loads(done.stdout)
            if done.returncode not in (1, 5) or time.monotonic() > deadline:
                raise Failure("moonrail %s: status %d: %s\n%s" % (
                    " ".join(arguments), done.returncode, done.stderr, self.moonrail.log_tail()))
            time.sleep(0.01)

    def wait_for_owner(self):
        """Waits a moment for somebody to ask: a command that owns the directory itself keeps the
        next worker away."""
        deadline = time.monotonic() + OWNER_SECONDS
        while self.moonrail.answering() is None and time.monotonic() < deadline:
            time.sleep(0.005)

    # What is removed

    def remove(self, producers):
        """Removes outputs of a function while nothing runs, and owes that they are filled in.

        What a function reads that was not read yet would be lost to it, so all has to be idle.
        """
        with contextlib.ExitStack() as turns:
            for waiting in (self, *producers):
                turns.enter_context(waiting.turn)
            self.moonrail.run_until_idle(COMMAND_SECONDS * 5)
            with QuietWorker(self.moonrail):
                lanes = json.loads(self.moonrail.answer("offset", "show", "--json"))
                if any(lane["lag"] for lane in lanes):
                    raise Failure("all was done, and then lanes lag: %s" % lanes)
                self.remove_from(lanes)

    def remove_from(self, lanes):
        function, stations = self.random.choice(REMOVED)
        positions = {lane["partition"]: lane["inputs"][0]["next_offset"]
                     for lane in lanes if lane["function"] == function}
        for station in stations:
            self.keep_ids(station)
            # One whose partitions several lanes write is removed as a whole.
            earliest = self.delete(station) if station == "side" else self.trim(station)
            for partition, position in positions.items():
                self.runs[(function, partition)][-1].cuts.append(
                    Cut(position, station, earliest.get(partition)))
        self.owed |= {(function, partition) for partition in positions}
        self.did("removals")

    def keep_ids(self, station):
        for line in self.moonrail.answer("read", station).splitlines():
            event = json.loads(line)
            headers = event["headers"]
            payload = line[line.index(',"data":') + 8:-1]
            self.ids[(station, headers["moonrailinput"],
                      int(headers.get("moonrailgeneration", 0)), payload)] = event["id"]

    def trim(self, station):
        """Has retention remove some of a station; the earliest offset of each partition then."""
        held = json.loads(self.moonrail.answer("station", "show", station, "--json"))["events"]
        kept = max(1, int(held * self.random.uniform(0, 0.8)))
        self.moonrail.answer("station", "alter", station, "--retention-events", str(kept))
        time.sleep(self.random.uniform(0.5, 1) * RETENTION_SECONDS)
        self.moonrail.answer("station", "alter", station, "--retention-events", "none")
        time.sleep(0.1)
        shown = json.loads(self.moonrail.answer("station", "show", station, "--json"))
        return {partition["partition"]: partition["earliest"]
                for partition in shown["partitions"]}

    def delete(self, station):
        self.moonrail.answer("station", "delete", station)
        return {}
