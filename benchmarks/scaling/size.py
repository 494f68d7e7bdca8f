"""The job on the newest million events, and reads, with ever more events stored."""
import json
import os
import random
import time
import urllib.parse

from harness.job import events_file, function
from harness.place import Connection, Place
from harness.processes import cpu_seconds, peak_mb, run_until_idle, tree
from harness.report import median

CHANGE_MOST = 1.10
MEMORY_MB_MOST = 100
READS = 200
CHUNK_BYTES = 32 * 1024
FETCH_BYTES = 1 << 20
STARTS = 5
SEED = 20240607
# What must not grow with the store, and whether more of it is better.
FIGURES = [("events_per_s", True), ("cpu_us_per_event", False), ("start_ms", False),
           ("read_by_offset_ms", False), ("read_by_time_ms", False)]


# A worker that takes less of a processor for this long has nothing left to look after.
RESTING_SHARE = 0.02
RESTING_SECONDS = 2
REST_SECONDS_MOST = 600


def rest(place):
    """Has a worker merge the chunks of what was just stored, as one that runs all day has long done.
    Returns the seconds that it took."""
    place.start()
    began = time.monotonic()
    while time.monotonic() - began < REST_SECONDS_MOST:
        before = cpu_seconds(tree(place.worker.pid))
        time.sleep(RESTING_SECONDS)
        used = cpu_seconds(tree(place.worker.pid)) - before
        if used < RESTING_SHARE * RESTING_SECONDS:
            break
    place.stop()
    return time.monotonic() - began


def read_times(place, count, seed):
    """Medians, in ms, of reading one event at random offsets and at random times."""
    numbers = random.Random(seed)
    connection = Connection(place.socket)

    def read(start, limit=1):
        began = time.perf_counter()
        connection.request("GET", "/v1/stations/in/events?limit=%d&from=%s" % (
            limit, urllib.parse.quote(str(start))))
        body = connection.getresponse().read()
        return (time.perf_counter() - began) * 1e3, json.loads(body.splitlines()[0])

    by_offset, by_time = [], []
    for _ in range(READS):
        offset = numbers.randrange(count)
        took, event = read(offset)
        assert event["offset"] == offset, event
        by_offset.append(took)
        # It was appended at the time that it got from its producer's request, or a little later.
        took, found = read(event["time"])
        assert found["offset"] <= offset, found
        by_time.append(took)
    connection.close()
    return median(by_offset), median(by_time)


def fetch(place):
    """Has the machine read the store's file, so that all of it is in memory: what is measured is what
    grows with the store, not what the machine keeps of a large file when nobody uses it."""
    with open(place.data + "/store.sqlite", "rb", buffering=0) as file:
        while file.read(FETCH_BYTES):
            pass


def disk_ms(place):
    """The median, in ms, of reading as much as a chunk takes at random places of the store's file: what
    the machine has in memory of a large file, and what it must fetch."""
    numbers = random.Random(SEED)
    path = place.data + "/store.sqlite"
    pages = max(1, (os.path.getsize(path) - CHUNK_BYTES) // CHUNK_BYTES)
    file = os.open(path, os.O_RDONLY)
    took = []
    for _ in range(READS):
        offset = numbers.randrange(pages) * CHUNK_BYTES
        began = time.perf_counter()
        os.pread(file, CHUNK_BYTES, offset)
        took.append((time.perf_counter() - began) * 1e3)
    os.close(file)
    return median(took)


def prepared(place, size, million):
    """Stores so many million events, the newest million aside, and has a worker merge them."""
    for _ in range(size - 1):
        place.run("produce", "in", million)
    return rest(place)


def job(place, name, million):
    """The newest million events through a function that is new. Returns what it took."""
    # A function that is new begins behind what is there. Its text is its own: that of one that is
    # gone would be taken for a file that was renamed.
    fields = 'start = "latest", description = "%s", handler =' % name
    place.replace_functions({name: function().replace("handler =", fields)})
    place.run("produce", "in", input=b"")
    run_until_idle(place)
    place.run("produce", "in", million)
    # The larger store has more yet to be written back, which is not the job's to wait for.
    os.sync()
    done = run_until_idle(place)
    assert done["processed"] == 1_000_000, done
    return {"events_per_s": 1_000_000 / done["seconds"], "cpu_us_per_event": done["cpu_s"],
            "memory_mb": done["memory_mb"]}


def reads(place, count):
    """Starts, and reads of a worker that has nothing else to do: with what the machine happens to have in
    memory of the store, and then with all of it."""
    starts = []
    for _ in range(STARTS):
        starts.append(place.start() * 1e3)
        place.stop()
    disk = disk_ms(place)
    place.start()
    as_found = read_times(place, count, SEED)
    fetch(place)
    # Others than before: none is asked for twice.
    by_offset, by_time = read_times(place, count, SEED + 1)
    memory = peak_mb(place.worker.pid)
    place.stop()
    return {"start_ms": median(starts), "read_by_offset_ms": by_offset, "read_by_time_ms": by_time,
            "read_as_found_ms": as_found, "disk_ms": disk, "memory_mb": memory}


def values(figure):
    return figure if isinstance(figure, tuple) else (figure,)


def measure(report, options):
    small, large = options.sizes
    million = events_file(1_000_000)
    rows = {small: [], large: []}
    with Place({}) as place_of_small, Place({}) as place_of_large:
        places = {small: place_of_small, large: place_of_large}
        rested = {size: prepared(place, size, million) for size, place in places.items()}
        # In turns: the machine's moods are both's.
        for number in range(options.rounds):
            for size in (small, large) if number % 2 == 0 else (large, small):
                done = job(places[size], "celsius%d" % number, million)
                rest(places[size])
                row = reads(places[size], size * 1_000_000)
                row["memory_mb"] = max(row["memory_mb"], done.pop("memory_mb"))
                rows[size].append({**row, **done})
                print("%d million stored: %s" % (size, ", ".join(
                    "%s %s" % (name, " ".join("%.4g" % value for value in values(figure)))
                    for name, figure in rows[size][-1].items())), flush=True)
    report.figure("size", {str(size): {"rounds": rows[size], "rested_s": rested[size]}
                           for size in (small, large)})
    for figure, more_is_better in FIGURES:
        ratio = median([after[figure] / before[figure]
                        for before, after in zip(rows[small], rows[large])])
        report.verdict("%s slower at %d million than at %d" % (figure, large, small),
                       1 / ratio if more_is_better else ratio, at_most=CHANGE_MOST)
    report.verdict("memory at %d million stored" % large,
                   max(row["memory_mb"] for row in rows[large]), at_most=MEMORY_MB_MOST, unit="MB")
