"""What a benchmark found: figures, and verdicts against the targets."""
import json
import os
import statistics
import time

from .machine import RESULTS, description, load


def median(values):
    return statistics.median(values)


class Report:
    """The results of one benchmark, printed as they come and written as JSON at the end."""

    def __init__(self, name, **settings):
        self.content = {"benchmark": name, "machine": description(), "load_start": load(),
                        "began": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
                        "settings": settings, "figures": {}, "verdicts": [], "skipped": []}
        machine = self.content["machine"]
        print("%s: %s, %d processors, load %.1f; %s" % (
            name, machine["processor"], machine["processors"], self.content["load_start"],
            ", ".join("%s %s" % item for item in settings.items())), flush=True)

    def figure(self, name, value):
        """Keeps a figure under its name; a table is a dictionary."""
        self.content["figures"][name] = value

    def skip(self, what, why):
        """Says that something was not measured."""
        self.content["skipped"].append({"what": what, "why": why})
        print("skipped: %s: %s" % (what, why), flush=True)

    def verdict(self, target, measured, at_least=None, at_most=None, unit="x", note=""):
        """Holds a measured value against its bound."""
        met = measured >= at_least if at_least is not None else measured <= at_most
        bound = at_least if at_least is not None else at_most
        row = {"target": target, "measured": round(measured, 4), "bound": bound,
               "direction": "at least" if at_least is not None else "at most",
               "unit": unit, "met": met, "note": note}
        self.content["verdicts"].append(row)
        print(line_of(row), flush=True)

    def write(self):
        """Writes results/<name>.json."""
        self.content["load_end"] = load()
        self.content["took_s"] = round(
            time.time() - _seconds(self.content["began"]), 1)
        os.makedirs(RESULTS, exist_ok=True)
        path = os.path.join(RESULTS, self.content["benchmark"] + ".json")
        with open(path, "w") as file:
            json.dump(self.content, file, indent=2)
        print("load at the end %.1f, took %.0f s; written to %s" % (
            self.content["load_end"], self.content["took_s"], os.path.relpath(path)), flush=True)


def _seconds(text):
    import calendar
    return calendar.timegm(time.strptime(text, "%Y-%m-%dT%H:%M:%SZ"))


def distance(row):
    """By how much a verdict's target is met or missed, as a share of the bound."""
    if not row["bound"]:
        return ""
    share = abs(row["measured"] - row["bound"]) / abs(row["bound"]) * 100
    return "met" if row["met"] else "missed by %.0f %%" % share


def line_of(row):
    """A verdict as one line."""
    return "%-62s %10.4g %-4s (%s %g): %s%s" % (
        row["target"], row["measured"], row["unit"], row["direction"], row["bound"],
        distance(row), "; " + row["note"] if row["note"] else "")
