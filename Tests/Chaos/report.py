"""Prints what was done, and remembers it so that an interrupted campaign can go on."""
import json
import os
import threading
import time


class OutOfTime(Exception):
    """The time that was given for all is over; what is left was not run."""


class CampaignReport:
    """One line for each part; parts that the state file knows are not run again."""

    def __init__(self, path, minutes, parameters):
        self.path = path
        self.lock = threading.Lock()
        self.deadline = None
        self.give(minutes)
        self.state = {"parameters": parameters, "done": {}, "totals": {}}
        if path and os.path.exists(path):
            with open(path) as file:
                state = json.load(file)
            if state["parameters"] == parameters:
                self.state = state

    @staticmethod
    def seed_of(path):
        """The seed of an interrupted campaign; None when there is none."""
        if path and os.path.exists(path):
            with open(path) as file:
                return json.load(file)["parameters"]["seed"]
        return None

    def give(self, minutes):
        """So much time from now on; None: as much as it takes."""
        self.deadline = time.monotonic() + minutes * 60 if minutes else None

    def in_time(self):
        return self.deadline is None or time.monotonic() < self.deadline

    def say(self, text):
        print(text, flush=True)

    def begin(self, part):
        """Whether the part is still to be run."""
        if part in self.state["done"]:
            self.say("done before: " + self.state["done"][part])
            return False
        if not self.in_time():
            raise OutOfTime(part)
        return True

    def done(self, part, line, **counts):
        """Prints and remembers a part, with numbers that the campaign's last line adds up, or
        lists of them that it puts together."""
        with self.lock:
            self.say(line)
            self.state["done"][part] = line
            for what, number in counts.items():
                known = self.state["totals"].get(what)
                self.state["totals"][what] = number if known is None else known + number
            if self.path:
                os.makedirs(os.path.dirname(os.path.abspath(self.path)), exist_ok=True)
                with open(self.path + ".new", "w") as file:
                    json.dump(self.state, file, indent=1)
                os.replace(self.path + ".new", self.path)

    def total(self, what):
        """The sum of a number over all parts that are done."""
        return self.state["totals"].get(what, 0)

    def finish(self, campaign, what):
        self.say("%s: PASSED: %s" % (campaign, what))

    def forget(self):
        """Everything is done: the next campaign begins anew."""
        if self.path and os.path.exists(self.path):
            os.remove(self.path)
