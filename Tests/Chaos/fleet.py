"""The fleet campaign: three workers on three servers, of which any may die, stop or be cut off."""
import os
import random
import shutil
import statistics
import tempfile
import threading
import time

from fleet_brokers import server_path
from fleet_faults import draw_faults
from fleet_marks import FleetProducer, Marks
from fleet_scenario import FleetScenario
from fleet_verdict import compare
from fleet_workers import Fleet
from processes import COMMAND_SECONDS, Failure
from verdict import require_none

# After each fault all must run again so soon, and again when it is mended.
RECOVERY_SECONDS = 15
# What is done at a time and remembered.
PART_FAULTS = 25
SLICE_EVENTS = 20
PAUSE_SECONDS = 0.4
# What each producer has sent before the first fault.
FIRST_EVENTS = 200
QUESTIONS = 20
SHORT_QUESTIONS = 3


class Mending(threading.Thread):
    """Mends a fault when its time is over, while others look what comes of it."""

    def __init__(self, fault, fleet):
        super().__init__(daemon=True)
        self.fault = fault
        self.fleet = fleet
        self.failure = None
        self.start()

    def run(self):
        try:
            self.fault.mend(self.fleet)
        except Exception as failure:
            self.failure = failure

    def wait(self):
        self.join(self.fault.seconds + 4 * COMMAND_SECONDS)
        if self.is_alive():
            raise Failure("%s: can't be mended" % self.fault)
        if self.failure is not None:
            raise self.failure


class FleetRun:
    """Some faults of a seed one after the other, and then all that is stored is compared."""

    def __init__(self, options, seed, first, count):
        self.name = "fleet seed %d, faults %d to %d" % (seed, first, first + count - 1)
        self.is_short = options.short
        draw_seed = seed * 1000 + first
        self.random = random.Random(draw_seed)
        self.faults = draw_faults(
            self.random, first, count, self.is_short, has_long_stop=first == 1)
        self.scenario = FleetScenario(draw_seed)
        self.directory = tempfile.mkdtemp(prefix="fleet-%d-" % seed, dir=options.directory)
        self.fleet = Fleet(options, self.directory, self.scenario)
        self.producers = [
            FleetProducer(self.fleet.workers, self.scenario, number, draw_seed, SLICE_EVENTS,
                          PAUSE_SECONDS)
            for number in range(self.scenario.variant.producers)]
        self.marks = Marks(self.fleet, self.scenario, draw_seed)
        # Of each recovery its seconds, and those that took too long.
        self.recoveries = []
        self.slow = []

    def run(self):
        """What the run did, as one line; raises Failure when anything differs."""
        try:
            with self.fleet.running():
                return self.broken()
        except Failure as failure:
            raise Failure("%s: %s\ndata kept in %s" % (
                self.name, failure, self.directory)) from None

    def broken(self):
        began = time.monotonic()
        for worker in self.fleet.workers:
            worker.start()
        for producer in self.producers:
            producer.send(FIRST_EVENTS)
        self.marks.seconds(began, self.fleet.workers)
        for producer in self.producers:
            producer.start()
        try:
            for fault in self.faults:
                self.break_and_mend(fault)
            for producer in self.producers:
                producer.stop()
        finally:
            for producer in self.producers:
                producer.stopping.set()
            self.marks.close()
        for worker in self.fleet.workers:
            worker.stop()
        for worker in self.fleet.workers:
            worker.wait()
        first = self.fleet.workers[0].moonrail
        first.run_until_idle(COMMAND_SECONDS * 5)
        self.fleet.cluster.wait_until_whole()
        sent = [producer.acknowledged for producer in (*self.producers, self.marks.producer)]
        oracle, differences = compare(self.fleet, self.scenario, sent, self.random,
                                      SHORT_QUESTIONS if self.is_short else QUESTIONS)
        for what in self.slow:
            differences.note(what, "all running after %d s" % RECOVERY_SECONDS, "not")
        require_none(differences, first, "the end")
        shutil.rmtree(self.directory)
        return "%s: %s; %d events in, %d sends repeated; recovered in %s; %d facts compared, 0 " \
            "differ; %.0f s" % (
                self.name, tally(self.faults), sum(sent),
                sum(producer.retries for producer in self.producers), words(self.recoveries),
                differences.compared, time.monotonic() - began)

    def break_and_mend(self, fault):
        """One fault: the marks tell when all lanes run again, in spite of it and after it."""
        time.sleep(fault.pause_seconds)
        began = time.monotonic()
        undisturbed = fault.begin(self.fleet)
        mending = Mending(fault, self.fleet)
        try:
            meanwhile = self.marks.seconds(began, undisturbed)
        finally:
            mending.wait()
        mended = time.monotonic()
        afterwards = self.marks.seconds(mended, self.fleet.workers)
        self.note("%s: %.1f s, once mended %.1f s" % (fault, meanwhile, afterwards))
        for seconds, what in ((meanwhile, str(fault)), (afterwards, "%s, once mended" % fault)):
            self.recoveries.append(seconds)
            if seconds > RECOVERY_SECONDS:
                self.slow.append("%s: %.1f s" % (what, seconds))
        self.fleet.check()
        for producer in self.producers:
            producer.check()

    def note(self, line):
        """What happened when, for whoever looks for a cause in the logs."""
        with open(os.path.join(self.directory, "faults.log"), "a") as log:
            log.write("%s %s\n" % (time.strftime("%H:%M:%S", time.gmtime()), line))


def tally(faults):
    kinds = [fault.kind for fault in faults]
    return ", ".join("%s %d" % (kind, kinds.count(kind)) for kind in sorted(set(kinds)))


def words(recoveries):
    return "%.1f s at most, %.1f s in the median" % (
        max(recoveries), statistics.median(recoveries))


def require_server():
    if server_path() is None:
        raise Failure("nats-server is not there; scripts/setup nats-server installs it")


def campaign(options, shim, report):
    """Runs the parts of the seeds that are not done yet, one at a time: they are timed."""
    require_server()
    for seed in range(options.seed, options.seed + options.fleet_seeds):
        for first in range(1, options.fleet_faults + 1, PART_FAULTS):
            count = min(PART_FAULTS, options.fleet_faults + 1 - first)
            name = "fleet %d seed %d, faults %d to %d" % (
                options.fleet_faults, seed, first, first + count - 1)
            if report.begin(name):
                run = FleetRun(options, seed, first, count)
                report.done(name, run.run(), fleet_faults=count, recoveries=run.recoveries)
    report.finish("fleet", "%d faults over %d seeds: nothing lost, nothing twice, nothing out of "
                  "order; all lanes ran again in %s" % (
                      report.total("fleet_faults"), options.fleet_seeds,
                      words(report.total("recoveries"))))
