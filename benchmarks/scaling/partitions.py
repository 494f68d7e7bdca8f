"""One lane against two: a handler that computes, and the reference job."""
import os
import shutil
import subprocess
import time

from harness.job import events_file, function
from harness.place import Place
from harness.processes import run_until_idle
from harness.report import median

SPEEDUP_LEAST = 1.7
# About 30 µs of Lua on a machine of 2020 or later; what it came to is measured and shown.
BUSY = """return {
  from = "in", to = "out",
  handler = function(event)
    local reading = event.data
    local x = 0
    for i = 1, 8000 do x = x ~ i end
    if reading.temp_f < 60 then return nil end
    reading.checked = x
    return reading
  end,
}
"""


# What the machine itself gives two processes that share nothing: its processors may be threads of
# one core.
SPIN = "local x = 0 for i = 1, 150000000 do x = x ~ i end"


def spinning(processes):
    """Seconds that so many plain Lua loops take, all at once."""
    began = time.perf_counter()
    running = [subprocess.Popen(["lua5.4", "-e", SPIN]) for _ in range(processes)]
    for process in running:
        assert process.wait() == 0
    return time.perf_counter() - began


def machine_speedup(rounds):
    """How much more two plain Lua loops get done at once than one alone: the median."""
    return median([2 * spinning(1) / spinning(2) for _ in range(rounds)])


def prepared(source, partitions, events):
    """A place with so many events, keyed by device, spread over so many partitions."""
    options = ["--partitions", str(partitions)]
    place = Place({"celsius": source}, stations={"in": options, "out": options})
    place.run("produce", "in", events, "--key", "device")
    shutil.copytree(place.data, place.path + "/stored")
    return place


def run(place):
    """Runs the job over what was stored, from its beginning."""
    shutil.rmtree(place.data)
    shutil.copytree(place.path + "/stored", place.data)
    # The copy's own writing is not the job's to wait for.
    os.sync()
    return run_until_idle(place)


def compare(name, source, count, rounds, report):
    """Runs one lane and two in turn. Returns the median speed-up."""
    events = events_file(count)
    results = []
    with prepared(source, 1, events) as one, prepared(source, 2, events) as two:
        for _ in range(rounds):
            results.append({"one": run(one), "two": run(two)})
    for result in results:
        assert result["one"]["processed"] == result["two"]["processed"] == count, result
        assert result["one"]["emitted"] == result["two"]["emitted"], result
    speedup = median([result["one"]["seconds"] / result["two"]["seconds"] for result in results])
    rows = {lanes: {
        "events_per_s": count / median([result[lanes]["seconds"] for result in results]),
        "cpu_us_per_event": median([result[lanes]["cpu_s"] for result in results]) * 1e6 / count,
        "processors_used": median([result[lanes]["cpu_s"] / result[lanes]["wall_s"]
                                   for result in results])} for lanes in ("one", "two")}
    for lanes, row in rows.items():
        print("%-9s %s: %.0f events/s, %.1f us CPU an event, %.2f of %d processors used" % (
            name, {"one": "1 lane ", "two": "2 lanes"}[lanes], row["events_per_s"],
            row["cpu_us_per_event"], row["processors_used"], os.cpu_count()), flush=True)
    report.figure("partitions_" + name, {**rows, "speedup": speedup})
    return speedup


def measure(report, options):
    limit = machine_speedup(options.rounds)
    report.figure("machine_speedup", limit)
    print("two plain Lua processes do %.2f x the work of one on this machine" % limit, flush=True)
    busy = compare("busy", BUSY, options.busy_events, options.rounds, report)
    report.verdict("two lanes, x one lane, handler of 20 us or more", busy, at_least=SPEEDUP_LEAST,
                   note="two plain Lua processes: %.2f" % limit)
    job = compare("reference", function(), options.job_events, options.rounds, report)
    print("the reference job with two partitions: %.2f x one" % job)
