"""Many functions: idle ones, the first output after a pause, and fairness between busy ones."""
import json
import subprocess
import threading
import time

from harness.job import events_file
from harness.machine import MOONRAIL
from harness.place import Connection, Place
from harness.processes import cpu_seconds, peak_mb, tree, unshared_mb
from harness.report import median

IDLE_FUNCTIONS = 200
IDLE_CPU_PERCENT_MOST = 1
IDLE_MEMORY_MB_MOST = 150
FIRST_OUTPUT_MS_MOST = 20
FIRST_OUTPUTS = 20
BUSY_FUNCTIONS = 20
# Waiting behind a backlog would take its whole time; this is the share that is still no waiting.
QUIET_SHARE_MOST = 0.1
PROGRESS_SPREAD_LEAST = 0.5
HOST_IDLE_SECONDS = 2
PASS = ('return { from = "%s", to = "%s", handler = function(event) local d = event.data '
        'd.seen = true return d end }')


def stops_idle_hosts():
    """Whether this build has the setting after which an idle function's host is stopped."""
    text = subprocess.run([MOONRAIL, "run", "--help"], capture_output=True, text=True).stdout
    return "--host-idle" in text


class Follower:
    """A client that follows a station and notes when each of its lines came."""

    def __init__(self, place, station):
        self.connection = Connection(place.socket)
        self.times = []
        self.came = threading.Condition()
        self.connection.request("GET", "/v1/stations/%s/events?follow=true&format=data" % station)
        # The head of the answer comes with the first line.
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        answer = self.connection.getresponse()
        while answer.readline():
            with self.came:
                self.times.append(time.perf_counter())
                self.came.notify_all()

    def wait(self, count, seconds):
        """Waits for so many lines. Returns when the last of them came."""
        with self.came:
            if not self.came.wait_for(lambda: len(self.times) >= count, seconds):
                raise RuntimeError("%d of %d outputs came" % (len(self.times), count))
            return self.times[count - 1]


def idle_share(place, seconds):
    """Percent of one processor that the worker and its hosts take."""
    processes = tree(place.worker.pid)
    before, began = cpu_seconds(processes), time.monotonic()
    time.sleep(seconds)
    return (cpu_seconds(processes) - before) / (time.monotonic() - began) * 100


def first_output_ms(place, number):
    """From an append's acknowledgement to the line of the output, of a function without a host."""
    follower = Follower(place, "o%d" % number)
    time.sleep(0.05)
    producer = Connection(place.socket)
    producer.append("i%d" % number, b'{"x":1}\n')
    acknowledged = time.perf_counter()
    return (follower.wait(1, 20) - acknowledged) * 1e3


def many_idle(report, options):
    scaled = IDLE_FUNCTIONS
    supported = stops_idle_hosts()
    environment = {"MOONRAIL_HOST_IDLE": "%ds" % HOST_IDLE_SECONDS} if supported else {}
    functions = {"f%d" % number: PASS % ("i%d" % number, "o%d" % number)
                 for number in range(scaled)}
    with Place(functions, environment=environment) as place:
        began = time.monotonic()
        place.start()
        while ready(place) < scaled:
            time.sleep(0.05)
        started = time.monotonic() - began
        first = [first_output_ms(place, number) for number in range(FIRST_OUTPUTS)]
        if supported:
            time.sleep(HOST_IDLE_SECONDS * 2 + 2)
            again = [again_ms(place, number) for number in range(FIRST_OUTPUTS)]
            time.sleep(HOST_IDLE_SECONDS * 2 + 2)
        else:
            report.skip("first output after a stop", "this build does not stop idle hosts")
            again = None
        cpu = idle_share(place, options.idle_seconds)
        memory, resident = unshared_mb(place.worker.pid), peak_mb(place.worker.pid)
        hosts = len(tree(place.worker.pid)) - 1
    report.figure("idle", {
        "functions": scaled, "all_deployed_s": started, "first_output_ms": first,
        "output_after_stop_ms": again, "cpu_percent": cpu, "memory_mb": memory,
        "peak_mb": resident, "hosts": hosts})
    print("%d functions: deployed after %.1f s, idle with %d hosts, %.0f MB at their peak" % (
        scaled, started, hosts, resident), flush=True)
    report.verdict("%d idle functions, CPU" % scaled, cpu, at_most=IDLE_CPU_PERCENT_MOST, unit="%")
    report.verdict("%d idle functions, memory of all processes" % scaled, memory,
                   at_most=IDLE_MEMORY_MB_MOST, unit="MB",
                   note="proportional set size, %d hosts" % hosts)
    report.verdict("first output of a function without a host, median",
                   median(again or first), at_most=FIRST_OUTPUT_MS_MOST, unit="ms",
                   note="after its host was stopped" if again else "first start of its host")


def again_ms(place, number):
    """As `first_output_ms`, of a function that has run before."""
    follower = Follower(place, "o%d" % number)
    follower.wait(1, 20)
    producer = Connection(place.socket)
    producer.append("i%d" % number, b'{"x":2}\n')
    acknowledged = time.perf_counter()
    return (follower.wait(2, 20) - acknowledged) * 1e3


def ready(place):
    """How many functions run."""
    functions = json.loads(place.get("/v1/functions"))
    return sum(one["state"] == "running" for one in functions_of(functions))


def functions_of(answer):
    return answer["functions"] if isinstance(answer, dict) else answer


def progress(place):
    """Events that each of the busy functions has settled."""
    functions = functions_of(json.loads(place.get("/v1/functions")))
    return [sum(lane["processed"] for lane in one["lanes"]) for one in functions
            if one["name"].startswith("busy")]


def fairness(report, options):
    """Twenty functions with a backlog each, and one that gets an event now and then."""
    count = options.backlog_events
    functions = {"busy%d" % number: PASS % ("backlog", "o%d" % number)
                 for number in range(BUSY_FUNCTIONS)}
    functions["quiet"] = PASS % ("q", "quiet-out")
    with Place(functions) as place:
        # All of it is there before anything runs.
        place.run("produce", "backlog", events_file(count))
        place.start()
        while ready(place) < len(functions):
            time.sleep(0.05)
        follower = Follower(place, "quiet-out")
        producer = Connection(place.socket)
        producer.append("q", b'{"x":1}\n')
        follower.wait(1, 60)
        began, latencies, spread, settled = time.perf_counter(), [], 1.0, [0]
        while min(settled) < count and time.perf_counter() - began < options.fairness_seconds:
            producer.append("q", b'{"x":1}\n')
            acknowledged = time.perf_counter()
            came = follower.wait(len(latencies) + 2, 60)
            latencies.append(max(came - acknowledged, 0))
            settled = progress(place)
            if max(settled) < count:
                spread = min(settled) / max(settled)
            time.sleep(0.05)
        took = time.perf_counter() - began
    latencies.sort()
    p50, worst = latencies[len(latencies) // 2], latencies[-1]
    report.figure("fairness", {
        "busy_functions": BUSY_FUNCTIONS, "backlog_events": count, "seconds": took,
        "quiet_p50_ms": p50 * 1e3, "quiet_worst_ms": worst * 1e3, "settled": settled,
        "slowest_over_fastest": spread})
    print("%d backlogs of %d events in %.1f s; the quiet function's outputs after %.1f ms at the "
          "median, %.1f ms at worst of %d" % (
              BUSY_FUNCTIONS, count, took, p50 * 1e3, worst * 1e3, len(latencies)), flush=True)
    report.verdict("longest wait of a quiet function, share of 20 backlogs' time", worst / took,
                   at_most=QUIET_SHARE_MOST)
    report.verdict("slowest of 20 busy functions, x the fastest", spread,
                   at_least=PROGRESS_SPREAD_LEAST)


def measure(report, options):
    many_idle(report, options)
    fairness(report, options)
