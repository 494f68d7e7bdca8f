"""Somebody who deploys fixes, tries them as shadows, and lets them take their function's place."""
import hashlib
import json
import random
import time

from mover import Mover
from processes import COMMAND_SECONDS, Failure
from shadows_oracle import Places

# What a move may be refused for; nothing was moved then, and the function goes on.
REFUSALS = [
    # Another version is deployed than the shadow's.
    "is deployed; ",
    # Not all have come so far.
    "events behind", "has to catch up", "has not read",
    # What was asked before was done, and the answer lost.
    "has a shadow", "has no shadow", "is still there, to take it back",
    # The worker has only just started.
    "never ran", "was never deployed", "no version of it is deployed", "is not deployed, so"]


class ShadowMoves(Mover):
    """Does whatever comes next, over and over; where an answer was lost, the function's history
    tells what was done."""

    what = "a move of a shadow"

    def __init__(self, moonrail, scenario, seed):
        super().__init__(moonrail, random.Random(seed * 41 + 3))
        self.scenario = scenario
        self.count = 0
        self.version = 0
        # The number of each version by the hash of its script.
        self.versions = {}
        self.note_version(0)

    def pause(self):
        return self.random.uniform(0, 0.3)

    def note_version(self, version):
        text = self.scenario.source(version).encode()
        self.versions[hashlib.sha256(text).hexdigest()] = version

    def step(self):
        made = self.history()
        self.count = sum(change["change"] in ("swapped", "shadow-dropped") for change in made)
        places = Places(made, self.versions)
        if places.shadow is None:
            if self.random.random() < 0.7:
                self.version += 1
                self.note_version(self.version)
                self.deploy(self.version)
            return self.move("begin", "offset", "reset", "fold", "--to", "earliest", "--outputs",
                             "shadow", "--yes")
        if self.random.random() < 0.2:
            return self.move("compare", "replay", "compare", "fold")
        if self.random.random() < 0.25:
            return self.move("drop", "replay", "drop", "fold", "--yes")
        # It takes the function's place only while its version is deployed.
        self.deploy(places.shadow)
        return self.move("swap again" if places.is_kept else "swap", "replay", "swap", "fold")

    def deploy(self, version):
        self.scenario.deploy(self.moonrail.functions, version)
        time.sleep(self.random.uniform(0, 0.3))

    def move(self, what, *arguments):
        done = self.moonrail.attempt(*arguments)
        if done.returncode == 4:
            if not any(reason in done.stderr for reason in REFUSALS):
                raise Failure("moonrail %s: %s" % (" ".join(arguments), done.stderr))
            what = "refused"
        elif done.returncode == 1 and what == "compare":
            what = "compare, which found a difference"
        elif done.returncode in (1, 5):
            what += " without an answer"
        elif done.returncode != 0:
            raise Failure("moonrail %s: status %d: %s" % (
                " ".join(arguments), done.returncode, done.stderr))
        self.did(what)

    def history(self):
        """What was done to the function, oldest first; asked until somebody lives to answer."""
        deadline = time.monotonic() + COMMAND_SECONDS
        while True:
            done = self.moonrail.attempt("function", "history", "fold", "--json")
            if done.returncode == 0:
                lines = done.stdout
                return json.loads(lines) if lines.startswith("[") else [
                    json.loads(line) for line in lines.splitlines()]
            if done.returncode not in (1, 5) or time.monotonic() > deadline:
                raise Failure("moonrail function history: status %d: %s\n%s" % (
                    done.returncode, done.stderr, self.moonrail.log_tail()))
            time.sleep(0.01)
