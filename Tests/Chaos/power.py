"""The power campaign: the power fails at storage calls, and unflushed writes are lost or torn."""
import random
import shutil
import tempfile
import time

from processes import Failure, Moonrail, end, was_killed
from producers import SLICE_SECONDS, Producer
from scenario import VARIANTS, Scenario
from shim import Report
from pool import run_all
from verdict import compare, require_none

LIFE_SECONDS_MAX = 1.5


class PowerRun:
    """One seed: a store whose machine loses its power again and again."""

    def __init__(self, options, shim, seed, variant, cuts=None, lies=False,
                 in_time=None):
        # A short form ends when its time is over, with fewer cuts.
        self.in_time = in_time if in_time and options.short else lambda: True
        self.wanted = cuts or options.cuts
        self.lies = lies
        self.shim = shim
        self.seed = seed
        self.random = random.Random(seed)
        self.scenario = Scenario(seed, variant)
        directory = tempfile.mkdtemp(prefix="power-%d-" % seed, dir=options.directory)
        functions, configuration = self.scenario.write(directory)
        self.moonrail = Moonrail(options.binary, directory, functions, configuration)
        self.report = Report(directory + "/shim-report")
        self.cuts = 0
        self.sectors_lost = 0
        self.sectors_kept = 0

    def run(self):
        """What the run did, as one line; raises Failure when anything differs."""
        began = time.monotonic()
        # Who waits for a disk that lies waits in vain.
        producers = [
            Producer(self.moonrail, self.scenario, number, self.seed, 40, 0.05,
                     patience_seconds=5 if self.lies else SLICE_SECONDS)
            for number in range(self.scenario.variant.producers)]
        try:
            self.cut_often(producers)
        finally:
            for producer in producers:
                producer.stopping.set()
        self.moonrail.run_until_idle(400)
        produced = [producer.acknowledged for producer in producers]
        _, differences = compare(self.moonrail, self.scenario, produced)
        require_none(differences, self.moonrail, "power, seed %d" % self.seed)
        shutil.rmtree(self.moonrail.directory)
        return (
            "seed %d %s: %d power cuts, %d sectors lost and %d kept of what was not flushed; "
            "%d events in; %d facts compared, 0 differ; %.0f s" % (
                self.seed, self.scenario.variant.name, self.cuts, self.sectors_lost,
                self.sectors_kept, sum(produced), differences.compared,
                time.monotonic() - began))

    def cut_often(self, producers):
        """Power cuts until there were enough, and then none until all is acknowledged."""
        while self.cuts < self.wanted and self.in_time():
            self.live()
            for producer in producers:
                # The first cuts meet a store that is just being made.
                if producer.ident is None and self.cuts >= min(3, self.wanted):
                    producer.start()
                producer.check()
        worker = self.moonrail.start_worker()
        try:
            for producer in producers:
                producer.stop()
        finally:
            end(worker)

    def live(self):
        """A worker whose power is cut at a call drawn from a wide range."""
        call = int(10 ** self.random.uniform(0, 3))
        self.report.clear()
        extra = self.shim.environment(
            self.moonrail, "cut", call, seed=self.random.getrandbits(63), report=self.report,
            lies=self.lies)
        # A worker that ends in order moves its log into the store: that is cut as well.
        worker = self.moonrail.start_worker(extra, until_idle=self.random.random() < 0.5)
        deadline = time.monotonic() + LIFE_SECONDS_MAX
        while worker.poll() is None and time.monotonic() < deadline:
            time.sleep(0.005)
        in_time = worker.poll() is None
        end(worker)
        report = self.report.read()
        if was_killed(worker) and report.faults:
            self.cuts += 1
            self.sectors_lost += report.sectors_lost
            self.sectors_kept += report.sectors_kept
        elif not in_time and worker.returncode not in (0, 5):
            raise Failure("power, seed %d: the worker ended with status %d\n%s" % (
                self.seed, worker.returncode, self.moonrail.log_tail()))


def campaign(options, shim, report):
    """Runs the seeds that are not done yet."""
    def one(number):
        seed = options.seed + number
        name = "power %d x seed %d" % (options.cuts, seed)
        if report.begin(name):
            run = PowerRun(options, shim, seed, VARIANTS[number % len(VARIANTS)],
                           in_time=report.in_time)
            line = run.run()
            report.done(name, line, cuts=run.cuts)

    run_all(options, one, options.power_seeds)
    report.finish("power", "%d power cuts over %d seeds: nothing lost, nothing torn" % (
        report.total("cuts"), options.power_seeds))
