"""The campaign of shadows: fixes go over history beside the function and take its place, while
everything dies."""
import random
import shutil
import tempfile
import time

from comparison import Differences
from history_scenario import HISTORY_VARIANTS
from lives import Lives
from pool import run_all
from processes import COMMAND_SECONDS, Failure, Moonrail, end
from producers import Producer
from shadow_moves import ShadowMoves
from shadows_oracle import Places, ShadowsOracle
from shadows_scenario import ShadowsScenario
from stations import Reader
from verdict import check_file, require_none

# Points that MOONRAIL_CRASH_POINT knows, and how often a worker may pass each before it dies.
CRASH_POINTS = {"settle-begin": 12, "settle-written": 12, "settle-committed": 12, "recovery": 1,
                "deploy": 3, "exchange": 1}
STORAGE_CALLS = 300
PAUSE_SECONDS = 0.3
FIRST_EVENTS = 1500
# Swaps and removals of shadows that a run has at least; a short one fewer.
MOVES = 12
SHORT_MOVES = 3
# Lives of workers, at most, until there were as many.
LIVES_MAX = 4000
# Now and then a worker lives long enough for a swap, whose readers must come to the end first.
LONG_LIFE = 0.25
LONG_LIFE_SECONDS = 3


class ShadowsRun:
    """One seed: kills and moves until there were enough, lets all run to its end, and compares."""

    def __init__(self, options, shim, seed, variant, in_time):
        self.seed = seed
        self.kills = options.kills
        self.moves_least = SHORT_MOVES if options.short else MOVES
        self.in_time = in_time if options.short else lambda: True
        self.random = random.Random(seed)
        self.scenario = ShadowsScenario(seed, variant)
        directory = tempfile.mkdtemp(prefix="shadows-%d-" % seed, dir=options.directory)
        functions, configuration = self.scenario.write(directory)
        self.moonrail = Moonrail(options.binary, directory, functions, configuration)
        self.lives = Lives(self.moonrail, shim, self.random, CRASH_POINTS, STORAGE_CALLS,
                           self.begun)
        self.moves = ShadowMoves(self.moonrail, self.scenario, seed)
        self.producers = []

    def run(self):
        """What the run did, as one line; raises Failure when anything differs."""
        try:
            return self.killed()
        except Failure as failure:
            raise Failure("shadows, seed %d: %s\ndata kept in %s" % (
                self.seed, failure, self.moonrail.directory)) from None

    def killed(self):
        began = time.monotonic()
        self.producers = [
            Producer(self.moonrail, self.scenario, number, self.seed, 20, PAUSE_SECONDS)
            for number in range(self.scenario.variant.producers)]
        with self.moonrail.owner():
            for producer in self.producers:
                producer.send(FIRST_EVENTS)
        threads = (self.moves, *self.producers)
        for thread in threads:
            thread.start()
        try:
            self.kill()
            with self.moonrail.owner():
                for thread in threads:
                    thread.stop()
        finally:
            for thread in threads:
                thread.stopping.set()
        self.moonrail.run_until_idle(COMMAND_SECONDS * 5)
        differences = Differences()
        places = Places(self.moves.history(), self.moves.versions)
        with Reader(self.moonrail) as reader:
            ShadowsOracle(self.scenario, places, differences).check(
                reader, [producer.acknowledged for producer in self.producers])
        check_file(self.moonrail, differences)
        require_none(differences, self.moonrail, "the end")
        shutil.rmtree(self.moonrail.directory)
        return "shadows seed %d %s: %s; %d events in; %s; %d facts compared, 0 differ; %.0f s" % (
            self.seed, self.scenario.variant.name, self.lives.tally,
            sum(producer.acknowledged for producer in self.producers), self.moves,
            differences.compared, time.monotonic() - began)

    def kill(self):
        """Kills until there were enough kills and moves."""
        for _ in range(LIVES_MAX):
            is_done = self.lives.tally.kills >= self.kills or not self.in_time()
            if is_done and self.moves.count >= self.moves_least:
                return
            if self.random.random() < LONG_LIFE:
                self.let_live()
            else:
                self.lives.live(self.producers)
            for thread in (self.moves, *self.producers):
                thread.check()
        raise Failure("after %d workers there were %s" % (LIVES_MAX, self.moves))

    def let_live(self):
        """A worker that is killed once a move was made, or after a while."""
        worker = self.moonrail.start_worker()
        try:
            self.begun("exchange", worker)
            before, deadline = self.moves.count, time.monotonic() + LONG_LIFE_SECONDS
            while self.moves.count == before and worker.poll() is None \
                    and time.monotonic() < deadline:
                time.sleep(0.01)
        finally:
            in_time = worker.poll() is None
            end(worker)
        if in_time:
            self.lives.tally.worker("after a while")

    def begun(self, how, worker):
        if how == "exchange":
            # The worker is to do it, not the command itself.
            self.moonrail.wait_for_answers(worker)
            self.moves.hurry.set()


def campaign(options, shim, report):
    """Runs the seeds that are not done yet."""
    def one(number):
        seed = options.seed + number
        name = "shadows %d x seed %d" % (options.kills, seed)
        if report.begin(name):
            variant = HISTORY_VARIANTS[number % len(HISTORY_VARIANTS)]
            run = ShadowsRun(options, shim, seed, variant, report.in_time)
            line = run.run()
            report.done(name, line, shadows_kills=run.lives.tally.kills,
                        shadows_moves=run.moves.count,
                        exchanges=run.lives.tally.workers.get("exchange", 0))

    run_all(options, one, options.shadow_seeds)
    report.finish("shadows", "%d kills (%d inside a swap) and %d swaps and ends of shadows over %d "
                  "seeds: every event of the input has one effect in all that is in place" % (
                      report.total("shadows_kills"), report.total("exchanges"),
                      report.total("shadows_moves"), options.shadow_seeds))
