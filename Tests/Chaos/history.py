"""The history campaign: functions with state and timers are moved back while everything dies."""
import random
import shutil
import tempfile
import time

from comparison import Differences
from history_oracle import HistoryOracle
from history_questions import Questions
from history_scenario import HISTORY_VARIANTS, HistoryScenario
from lives import Lives
from pool import run_all
from processes import COMMAND_SECONDS, Failure, Moonrail
from producers import Producer
from resets import Resets
from stations import Reader
from verdict import check_file, require_none

# Points that MOONRAIL_CRASH_POINT knows, and how often a worker may pass each before it dies.
CRASH_POINTS = {"settle-begin": 12, "settle-written": 12, "settle-committed": 12, "recovery": 1,
                "deploy": 3, "merge": 2, "reset": 3, "restore": 2}
# Removals of outputs in a run, and kills after the last of them at least.
REMOVALS = 5
SHORT_REMOVALS = 1
LAST_KILLS = 5
# Between two slices of a producer: each event runs many times.
PAUSE_SECONDS = 0.4
# What each producer has sent before the first kill.
FIRST_EVENTS = 1500
# Questions about random keys at random offsets.
QUESTIONS = 200
SHORT_QUESTIONS = 25


class HistoryRun:
    """One seed: kills and resets until there were enough, lets all run to its end, and compares."""

    def __init__(self, options, shim, seed, variant, in_time):
        self.seed = seed
        self.kills = options.kills
        # A short form ends when its time is over, with fewer kills.
        self.is_short = options.short
        self.in_time = in_time if options.short else lambda: True
        self.random = random.Random(seed)
        self.scenario = HistoryScenario(seed, variant)
        directory = tempfile.mkdtemp(prefix="history-%d-" % seed, dir=options.directory)
        functions, configuration = self.scenario.write(directory)
        self.moonrail = Moonrail(options.binary, directory, functions, configuration)
        self.lives = Lives(self.moonrail, shim, self.random, CRASH_POINTS, 300, self.begun)
        self.tally = self.lives.tally
        self.producers = []
        self.resets = Resets(self.moonrail, variant, seed, 0.4 if options.short else 0.8)

    def run(self):
        """What the run did, as one line; raises Failure when anything differs."""
        try:
            return self.killed()
        except Failure as failure:
            raise Failure("history, seed %d: %s\ndata kept in %s" % (
                self.seed, failure, self.moonrail.directory)) from None

    def killed(self):
        began = time.monotonic()
        self.producers = [
            Producer(self.moonrail, self.scenario, number, self.seed, 20, PAUSE_SECONDS)
            for number in range(self.scenario.variant.producers)]
        with self.moonrail.owner():
            for producer in self.producers:
                producer.send(FIRST_EVENTS)
        for thread in (self.resets, *self.producers):
            thread.start()
        try:
            self.kill_and_remove()
            with self.moonrail.owner():
                for thread in (self.resets, *self.producers):
                    thread.stop()
                while self.resets.owed:
                    self.resets.fill_owed()
        finally:
            for thread in (self.resets, *self.producers):
                thread.stopping.set()
        self.moonrail.run_until_idle(COMMAND_SECONDS * 5)
        oracle, differences = compare(
            self.moonrail, self.scenario,
            [producer.acknowledged for producer in self.producers], self.resets, self.random,
            SHORT_QUESTIONS if self.is_short else QUESTIONS)
        require_none(differences, self.moonrail, "the end")
        shutil.rmtree(self.moonrail.directory)
        return (
            "history seed %d %s: %s; %d events in; resets: %s; %d ids that came again; %d facts "
            "compared, 0 differ; %.0f s" % (
                self.seed, self.scenario.variant.name, self.tally, sum(oracle.produced),
                self.resets, oracle.ids_again, differences.compared, time.monotonic() - began))

    def kill_and_remove(self):
        """Kills until there were enough; outputs are removed now and then."""
        removals = SHORT_REMOVALS if self.is_short else REMOVALS
        for part in range(1, removals + 1):
            while self.tally.kills < self.kills * part / (removals + 1) \
                    and self.in_time():
                self.live()
            self.resets.remove(self.producers)
            self.resets.hurry.set()
        last = self.tally.kills + LAST_KILLS
        while self.tally.kills < last or (self.tally.kills < self.kills and self.in_time()):
            self.live()

    def live(self):
        self.lives.live(self.producers)
        self.resets.check()
        for producer in self.producers:
            producer.check()

    def begun(self, how, worker):
        if how in ("reset", "restore"):
            # The worker is to do it, not the command itself.
            self.moonrail.wait_for_answers(worker)
            self.resets.hurry.set()


def compare(moonrail, scenario, produced, resets, draw, questions):
    """Compares all that a finished run has left; the oracle and its differences."""
    differences = Differences()
    oracle = HistoryOracle(scenario, produced, resets.runs, resets.ids, differences)
    with Reader(moonrail) as reader:
        oracle.check(reader.station, reader.lanes)
        if "moonrail.replays" in reader.partitions:
            for event in reader.station("moonrail.replays")[0]:
                differences.note("moonrail.replays", "nothing", event)
        asked = Questions(moonrail, oracle, differences)
        asked.ask(draw, questions)
        asked.examine()
    check_file(moonrail, differences)
    return oracle, differences


def campaign(options, shim, report):
    """Runs the seeds that are not done yet."""
    def one(number):
        seed = options.seed + number
        name = "history %d x seed %d" % (options.kills, seed)
        if report.begin(name):
            variant = HISTORY_VARIANTS[number % len(HISTORY_VARIANTS)]
            run = HistoryRun(options, shim, seed, variant, report.in_time)
            line = run.run()
            ways = {"history " + how: count for how, count in run.tally.workers.items()}
            report.done(name, line, history_kills=run.tally.kills,
                        resets=sum(map(len, run.resets.runs.values())) - len(run.resets.runs),
                        **ways)

    run_all(options, one, options.history_seeds)
    report.say("crash points: " + ", ".join(
        "%s %s" % (point, report.total("history " + point) or "never met")
        for point in CRASH_POINTS))
    report.finish("history", "%d kills and %d moves of lanes over %d seeds: outputs, states and "
                  "positions are what their events make of them" % (
                      report.total("history_kills"), report.total("resets"),
                      options.history_seeds))
