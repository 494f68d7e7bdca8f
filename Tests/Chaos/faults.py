"""The fault campaign: every storage call of a workload fails once, then from there on for good."""
import concurrent.futures
import itertools
import os
import random
import shutil
import signal
import subprocess
import tempfile
import time

from processes import Failure, Moonrail, end
from producers import Producer
from scenario import VARIANTS, Scenario
from shim import Report
from verdict import compare, require_none

# How a call fails, and whether all later ones do too.
WAYS = [("eio", False), ("enospc", False), ("short", False), ("fsync", False),
        ("read", False), ("eio", True), ("enospc", True), ("fsync", True), ("read", True)]
# A store that is made, and one whose last worker was killed and that is recovered.
STORES = ["new", "killed"]
# The number of calls varies by how commits are shared: so many runs in a row without a fault
# mean that all calls were met.
RUNS_WITHOUT_FAULT = 3
# What is sent while calls fail: to a new store little, as all that follows its making is met again
# in one whose worker was killed.
SLICES = {"new": [30], "killed": [40, 25, 60]}
# Faults that a store meets one after the other before it is compared; a new one meets one.
CHAIN = {"new": 1, "killed": 8}
# How long a store whose calls fail for good is left so.
LASTING_SECONDS = 0.4
# Calls of the workloads, about; a short form draws from them.
CALLS = {"new": 250, "killed": 280}


def words(store, mode, lasting):
    return "%s store, %s %s" % (store, mode, "for good" if lasting else "once")


class FaultRun:
    """A fault at one call of a small workload, at another call of the next, and so on."""

    def __init__(self, options, shim, store, mode, lasting, calls):
        self.name = "faults seed %d: %s at call %s" % (
            options.seed, words(store, mode, lasting), ", ".join(map(str, calls)))
        self.options = options
        self.shim = shim
        self.store = store
        self.mode = mode
        self.lasting = lasting
        self.calls = calls
        self.scenario = Scenario(options.seed, VARIANTS[calls[0] // 8 % len(VARIANTS)])
        directory = tempfile.mkdtemp(prefix="fault-", dir=options.directory)
        # A worker that can't settle is not waited for long; one that can may be short of processor.
        functions, configuration = self.scenario.write(directory, 3 if lasting else 120)
        self.moonrail = Moonrail(options.binary, directory, functions, configuration)
        os.mkdir(self.moonrail.data, 0o700)
        self.report = Report(os.path.join(directory, "shim-report"))
        self.producer = Producer(self.moonrail, self.scenario, 0, 0, 0, 0)
        self.worker = None

    def run(self):
        """The library's reports, for each call the kind of the one that failed or None, after
        everything was compared."""
        reports = [self.fail_at(call) for call in self.calls]
        self.moonrail.run_until_idle(300)
        _, differences = compare(self.moonrail, self.scenario, [self.producer.acknowledged])
        require_none(differences, self.moonrail, self.name)
        shutil.rmtree(self.moonrail.directory)
        return reports

    def fail_at(self, call):
        self.report.clear()
        self.extra = self.shim.environment(
            self.moonrail, self.mode, call, lasting=self.lasting, report=self.report)
        try:
            if self.store == "killed":
                self.leave_killed()
            self.work()
            self.stop()
        finally:
            if self.worker is not None:
                end(self.worker)
        return self.report.read().first_call

    def leave_killed(self):
        """A store with a log to be recovered, and functions that were half-way."""
        worker = self.moonrail.start_worker()
        try:
            self.moonrail.wait_for_answers(worker)
            self.producer.send(50)
        finally:
            end(worker)

    def work(self):
        """Sends all slices, each until it is acknowledged, to a worker whose storage fails."""
        self.start_failing()
        failing_since = None
        for count in SLICES[self.store]:
            self.producer.write_slice(count)
            deadline = time.monotonic() + 60
            while not self.producer.try_slice(count):
                if time.monotonic() > deadline:
                    raise Failure("%s: no acknowledgement\n%s" % (
                        self.name, self.moonrail.log_tail()))
                time.sleep(0.02)
                if self.report.read().faults and failing_since is None:
                    failing_since = time.monotonic()
                is_over = failing_since is not None and \
                    time.monotonic() - failing_since > LASTING_SECONDS
                if self.worker.poll() is not None or (self.lasting and is_over):
                    self.restart()
        # Functions settle at their own pace.
        time.sleep(0.1)

    def start_failing(self):
        """A worker whose storage fails. What is left of a killed one may own the directory yet."""
        for _ in range(50):
            self.worker = self.moonrail.start_worker(self.extra)
            self.moonrail.wait_for_answers(self.worker)
            if self.report.read().calls or self.worker.poll() is None:
                return
            time.sleep(0.05)
        raise Failure("%s: no worker starts\n%s" % (self.name, self.moonrail.log_tail()))

    def restart(self):
        """A worker on a disk that is whole again."""
        end(self.worker)
        # 1 and 5: the store could not be opened or written.
        self.require_status(0, 1, 5, -9)
        self.worker = self.moonrail.start_worker()
        self.moonrail.wait_for_answers(self.worker)

    def stop(self):
        """Ends the worker in order, so that the closing of the store is met as well."""
        self.worker.send_signal(signal.SIGTERM)
        try:
            self.worker.wait(180)
        except subprocess.TimeoutExpired:
            raise Failure("%s: the worker does not stop\n%s" % (
                self.name, self.moonrail.log_tail())) from None
        # 130: it could not settle what it had in the time that it has for stopping.
        self.require_status(0, 1, 5, *([130] if self.lasting else []))

    def require_status(self, *statuses):
        if self.worker.returncode not in statuses:
            raise Failure("%s: the worker ended with status %d\n%s" % (
                self.name, self.worker.returncode, self.moonrail.log_tail()))


class Points:
    """The fault points that were met."""

    def __init__(self):
        self.count = 0
        self.by_call = {}

    def add(self, kind):
        """Takes the kind of call that failed; None when the fault was not met."""
        if kind is not None:
            self.count += 1
            self.by_call[kind] = self.by_call.get(kind, 0) + 1

    def __str__(self):
        return "%d fault points (%s)" % (
            self.count, ", ".join("%s %d" % pair for pair in sorted(self.by_call.items())))


def sweep(options, shim, store, mode, lasting):
    """Every call in turn until runs pass without meeting a fault; the points and a line."""
    points, without, call = Points(), 0, 1
    # Flushes are few: they are not to be skipped as generously.
    step = max(1, options.fault_step // (6 if mode == "fsync" else 1))
    began = time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(max_workers=options.jobs) as pool:
        while without < RUNS_WITHOUT_FAULT:
            runs = []
            for _ in range(max(options.jobs, 2)):
                calls = [call + number * step for number in range(CHAIN[store])]
                call = calls[-1] + step
                runs.append(pool.submit(
                    FaultRun(options, shim, store, mode, lasting, calls).run))
            for kind in itertools.chain(*(run.result() for run in runs)):
                points.add(kind)
                without = without + 1 if kind is None else 0
    return points, "faults, %s: %s%s; nothing lost, nothing torn; %.0f s" % (
        words(store, mode, lasting), points,
        "" if step == 1 else " at every %dth call" % step, time.monotonic() - began)


def sample(options, shim, report):
    """Calls drawn at random, as many as there is time for."""
    draw = random.Random(options.seed)
    points, runs = Points(), 0
    with concurrent.futures.ThreadPoolExecutor(max_workers=options.jobs) as pool:
        while report.in_time():
            wave = []
            for _ in range(options.jobs):
                store, (mode, lasting) = draw.choice(STORES), draw.choice(WAYS)
                call = draw.randint(1, {"fsync": 40, "read": 80}.get(mode, CALLS[store]))
                wave.append(pool.submit(
                    FaultRun(options, shim, store, mode, lasting, [call]).run))
            for kind in itertools.chain(*(run.result() for run in wave)):
                points.add(kind)
                runs += 1
    report.finish("faults", "%s in %d runs drawn at random: nothing lost, nothing torn" % (
        points, runs))


def campaign(options, shim, report):
    """All ways of failing that are not done yet; some points of them in a short form."""
    if options.short:
        return sample(options, shim, report)
    for store in STORES:
        for mode, lasting in WAYS:
            name = "faults seed %d, %s" % (options.seed, words(store, mode, lasting))
            if report.begin(name):
                points, line = sweep(options, shim, store, mode, lasting)
                report.done(name, line, points=points.count)
    report.finish("faults", "%d fault points: nothing lost, nothing torn" % (
        report.total("points")))
