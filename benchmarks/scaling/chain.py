"""A chain of five functions against one of them."""
import shutil

from harness.job import events_file
from harness.place import Place
from harness.processes import run_until_idle
from harness.report import median

HOPS = 5
COST_MOST = 1.15
LINK = """return {
  from = "s%d", to = "s%d",
  handler = function(event)
    local reading = event.data
    reading.hop = %d
    return reading
  end,
}
"""


def prepared(hops, events):
    place = Place({"hop%d" % hop: LINK % (hop, hop + 1, hop) for hop in range(hops)})
    place.run("produce", "s0", events)
    shutil.copytree(place.data, place.path + "/stored")
    return place


def run(place):
    shutil.rmtree(place.data)
    shutil.copytree(place.path + "/stored", place.data)
    return run_until_idle(place)


def measure(report, options):
    count = options.chain_events
    events = events_file(count)
    rounds = []
    with prepared(1, events) as one, prepared(HOPS, events) as chain:
        for _ in range(options.rounds):
            rounds.append({"one": run(one), "chain": run(chain)})
    for result in rounds:
        assert result["one"]["processed"] == count, result
        assert result["chain"]["processed"] == HOPS * count, result
    report.figure("chain", rounds)
    for figure, name in (("cpu_s", "CPU"), ("seconds", "wall time")):
        ratio = median([result["chain"][figure] / HOPS / result["one"][figure]
                        for result in rounds])
        one = median([result["one"][figure] for result in rounds]) * 1e6 / count
        report.verdict("%s of each hop of five, x one function" % name, ratio, at_most=COST_MOST,
                       note="one takes %.2f us an event" % one)
