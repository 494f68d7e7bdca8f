"""The kill campaign: workers, hosts and producers die at random and at named points."""
import random
import shutil
import tempfile
import time

from backups import Backups
from lives import Lives
from pool import run_all
from processes import Failure, Moonrail, end
from producers import Producer
from scenario import VARIANTS, Scenario
from verdict import compare, require_none

# Points that MOONRAIL_CRASH_POINT knows, and how often a worker may pass each before it dies.
CRASH_POINTS = {"settle-begin": 40, "settle-written": 40, "settle-committed": 40, "recovery": 1,
                "deploy": 3, "merge": 2, "retention": 2, "backup": 1}
# What retention keeps of the last station at least.
KEPT_EVENTS = 500
# What a run may take to catch up when nothing is killed any more.
DRAIN_SECONDS = 300


class KillRun:
    """One seed: kills until there were enough, lets the rest run to its end, and compares."""

    def __init__(self, options, shim, seed, variant, in_time):
        self.options = options
        # A short form ends when its time is over, with fewer kills.
        self.in_time = in_time if options.short else lambda: True
        self.seed = seed
        self.random = random.Random(seed)
        self.scenario = Scenario(seed, variant, kept_events=KEPT_EVENTS)
        directory = tempfile.mkdtemp(prefix="kills-%d-" % seed, dir=options.directory)
        functions, configuration = self.scenario.write(directory)
        self.moonrail = Moonrail(options.binary, directory, functions, configuration)
        self.lives = Lives(self.moonrail, shim, self.random, CRASH_POINTS, 1000, self.begun)
        self.tally = self.lives.tally
        self.producers = []
        self.backups = None

    def run(self):
        """What the run did, as one line; raises Failure when anything differs."""
        try:
            return self.killed()
        except Failure as failure:
            raise Failure("seed %d: %s" % (self.seed, failure)) from None

    def killed(self):
        began = time.monotonic()
        # Stations are there before the first producer comes.
        self.moonrail.run_until_idle(30)
        self.producers = [
            Producer(self.moonrail, self.scenario, number, self.seed, 20, 0.15)
            for number in range(self.scenario.variant.producers)]
        for producer in self.producers:
            producer.start()
        self.backups = Backups(self.moonrail, self.producers)
        try:
            while self.tally.kills < self.options.kills and self.in_time():
                self.lives.live(self.producers)
                for producer in self.producers:
                    producer.check()
            worker = self.moonrail.start_worker()
            try:
                for producer in self.producers:
                    producer.stop()
            finally:
                end(worker)
        finally:
            self.backups.end()
            for producer in self.producers:
                producer.stopping.set()
        self.moonrail.run_until_idle(DRAIN_SECONDS)
        produced = [producer.acknowledged for producer in self.producers]
        oracle, differences = compare(self.moonrail, self.scenario, produced)
        require_none(differences, self.moonrail, "the end")
        facts = differences.compared + self.backups.check(self.scenario)
        shutil.rmtree(self.moonrail.directory)
        return (
            "seed %d %s: %s; %d events in, %d sends repeated; dead letters f2 %d, f3 %d as "
            "culprits; %d of %d backups complete; %d facts compared, 0 differ; %.0f s" % (
                self.seed, self.scenario.variant.name, self.tally, sum(produced),
                sum(producer.retries for producer in self.producers), oracle.culprits["f2"],
                oracle.culprits["f3"], len(self.backups.complete), self.backups.attempts, facts,
                time.monotonic() - began))

    def begun(self, how, worker):
        """Begins a backup in some lives."""
        if how == "backup":
            # The worker is to make it, not the command itself.
            self.moonrail.wait_for_answers(worker)
        if how == "backup" or self.random.random() < 0.05:
            self.backups.begin()


def campaign(options, shim, report):
    """Runs the seeds that are not done yet."""
    def one(number):
        seed = options.seed + number
        name = "kills %d x seed %d" % (options.kills, seed)
        if report.begin(name):
            run = KillRun(options, shim, seed, VARIANTS[number % len(VARIANTS)], report.in_time)
            line = run.run()
            report.done(name, line, kills=run.tally.kills, **run.tally.workers)

    run_all(options, one, options.seeds)
    report.say("crash points: " + ", ".join(
        "%s %s" % (point, report.total(point) or "never met") for point in CRASH_POINTS))
    report.finish("kills", "%d kills over %d seeds: nothing lost, nothing twice, nothing out of "
                  "order, a dead letter for each culprit" % (report.total("kills"), options.seeds))
