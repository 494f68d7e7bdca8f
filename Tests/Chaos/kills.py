"""The kill campaign: workers, hosts and producers die at random and at named points."""
import random
import shutil
import tempfile
import time

from backups import Backups
from pool import run_all
from processes import Failure, Moonrail, children_of, end, kill_host, was_killed
from producers import Producer
from scenario import VARIANTS, Scenario
from verdict import compare, require_none

# Points that MOONRAIL_CRASH_POINT knows, and how often a worker may pass each before it dies.
CRASH_POINTS = {"settle-begin": 40, "settle-written": 40, "settle-committed": 40, "recovery": 1,
                "deploy": 3, "merge": 2, "retention": 2, "backup": 1}
# A worker that was told to die at a place that it never reaches is killed after this.
LIFE_SECONDS_MAX = 1.5
# What retention keeps of the last station at least.
KEPT_EVENTS = 500
# Hosts that are killed in one life of a worker: one less than the runs after which an event that
# ran alone is held to be what kills them (retry.attempts).
HOST_KILLS_PER_LIFE = 2
# What a run may take to catch up when nothing is killed any more.
DRAIN_SECONDS = 300


class Tally:
    """What was killed, by how."""

    def __init__(self):
        self.workers = {}
        self.hosts = 0
        self.producers = 0
        self.starts = 0

    def worker(self, how):
        self.workers[how] = self.workers.get(how, 0) + 1

    @property
    def kills(self):
        return sum(self.workers.values()) + self.hosts

    def __str__(self):
        ways = ", ".join("%s %d" % pair for pair in sorted(self.workers.items()))
        return "%d kills: %d of workers (%s), %d of hosts; %d of producers besides" % (
            self.kills, sum(self.workers.values()), ways, self.hosts, self.producers)


class KillRun:
    """One seed: kills until there were enough, lets the rest run to its end, and compares."""

    def __init__(self, options, shim, seed, variant, in_time):
        self.options = options
        # A short form ends when its time is over, with fewer kills.
        self.in_time = in_time if options.short else lambda: True
        self.shim = shim
        self.seed = seed
        self.random = random.Random(seed)
        self.scenario = Scenario(seed, variant, kept_events=KEPT_EVENTS)
        directory = tempfile.mkdtemp(prefix="kills-%d-" % seed, dir=options.directory)
        functions, configuration = self.scenario.write(directory)
        self.moonrail = Moonrail(options.binary, directory, functions, configuration)
        self.tally = Tally()
        self.producers = []
        self.backups = None

    def run(self):
        """What the run did, as one line; raises Failure when anything differs."""
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
                self.live()
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
        require_none(differences, self.moonrail, "seed %d" % self.seed)
        facts = differences.compared + self.backups.check(self.scenario)
        shutil.rmtree(self.moonrail.directory)
        return (
            "seed %d %s: %s; %d events in, %d sends repeated; dead letters f2 %d, f3 %d as "
            "culprits; %d of %d backups complete; %d facts compared, 0 differ; %.0f s" % (
                self.seed, self.scenario.variant.name, self.tally, sum(produced),
                sum(producer.retries for producer in self.producers), oracle.culprits["f2"],
                oracle.culprits["f3"], len(self.backups.complete), self.backups.attempts, facts,
                time.monotonic() - began))

    # One life of a worker

    def live(self):
        """Starts a worker, kills some of its hosts and then itself, one way or another."""
        how, extra, seconds = self.plan()
        self.tally.starts += 1
        worker = self.moonrail.start_worker(extra)
        try:
            if how == "backup":
                # The worker is to make it, not the command itself.
                self.moonrail.wait_for_answers(worker)
            if how == "backup" or self.random.random() < 0.05:
                self.backups.begin()
            deadline = time.monotonic() + seconds
            hosts_left = self.random.choice([0, 1, HOST_KILLS_PER_LIFE])
            while worker.poll() is None and time.monotonic() < deadline:
                rest = deadline - time.monotonic()
                time.sleep(min(max(rest, 0), self.random.uniform(0.005, 0.08)))
                if hosts_left > 0 and self.random.random() < 0.3:
                    hosts_left -= self.kill_a_host(worker.pid)
                if self.random.random() < 0.02:
                    self.tally.producers += self.random.choice(self.producers).kill()
        finally:
            in_time = worker.poll() is None
            end(worker)
        if was_killed(worker):
            self.tally.worker("at random" if in_time else how)
        elif worker.returncode != 5:
            raise Failure("seed %d: the worker ended with status %d\n%s" % (
                self.seed, worker.returncode, self.moonrail.log_tail()))
        else:
            # A producer owns the directory.
            time.sleep(0.005)

    def plan(self):
        """How the next worker dies: its name, its environment, and its longest life."""
        draw = self.random.random()
        if draw < 0.3:
            point = self.random.choice(sorted(CRASH_POINTS))
            passes = int(CRASH_POINTS[point] ** self.random.random())
            return point, {"MOONRAIL_CRASH_POINT": "%s:%d" % (point, passes)}, LIFE_SECONDS_MAX
        if draw < 0.45:
            call = int(10 ** self.random.uniform(0.3, 3))
            extra = self.shim.environment(self.moonrail, "kill", call)
            return "at a storage call", extra, LIFE_SECONDS_MAX
        # Short lives and a few long ones, so that the line gets on.
        return "at random", None, 10 ** self.random.uniform(-1.7, -0.1)

    def kill_a_host(self, pid):
        """Kills one of a worker's hosts; whether there was one."""
        hosts = children_of(pid, "function-host")
        killed = bool(hosts) and kill_host(self.random.choice(hosts))
        self.tally.hosts += killed
        return killed


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
