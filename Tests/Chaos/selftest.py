"""Proves that the campaigns would notice: tampers with a store, and lets a disk lie."""
import os
import random
import shutil
import sqlite3
import tempfile

import history
from fleet_selftest import tampered_stream
from history_scenario import HISTORY_VARIANTS, HistoryScenario
from power import PowerRun
from processes import Failure, Moonrail
from resets import Resets
from scenario import VARIANTS, Scenario
from verdict import compare

LAST_CHUNK_GONE = """
    DELETE FROM {chunks} WHERE first_offset = (SELECT max(first_offset) FROM {chunks})"""
LAST_CHUNK_TWICE = """
    INSERT INTO {chunks} SELECT max(first_offset) + (SELECT count FROM {chunks}
        ORDER BY first_offset DESC LIMIT 1), {columns} FROM {chunks}"""
# Each leaves a store that SQLite finds whole and the oracle must not.
TAMPERINGS = {
    "a chunk is gone": LAST_CHUNK_GONE,
    "an event is there twice": LAST_CHUNK_TWICE,
    "a position is behind": "UPDATE lane_position SET next = next - 1",
    "a count is wrong": "UPDATE lane SET dead_letters = dead_letters + 1",
}

# The same of a run with resets; each with the station whose chunks it is about.
HISTORY_TAMPERINGS = {
    "a change of state is gone": ("state.sum", LAST_CHUNK_GONE),
    "a window is counted twice": ("counts", LAST_CHUNK_TWICE),
    "what was appended once more is gone": ("sums", LAST_CHUNK_GONE),
}


def sent(options, scenario, count):
    """A new directory to which the first producer has sent so many events."""
    directory = tempfile.mkdtemp(prefix="selftest-", dir=options.directory)
    functions, configuration = scenario.write(directory)
    moonrail = Moonrail(options.binary, directory, functions, configuration)
    path = os.path.join(directory, "input.ndjson")
    with open(path, "w") as file:
        file.write(scenario.lines(0, 0, count))
    moonrail.answer(*scenario.sending(path))
    moonrail.run_until_idle(60)
    return moonrail


def tamper(moonrail, station, statement):
    database = sqlite3.connect(os.path.join(moonrail.data, "store.sqlite"))
    [(partition,)] = database.execute(
        "SELECT partition.id FROM partition JOIN station ON station.id = station WHERE name = ?",
        [station])
    table = "chunk_%d" % partition
    columns = ", ".join(row[1] for row in database.execute("PRAGMA table_info(%s)" % table)
                        if row[1] != "first_offset")
    with database:
        database.execute(statement.format(chunks=table, columns=columns))
    database.close()


def campaign(options, shim, report):
    """Fails when a campaign could pass for nothing."""
    scenario = Scenario(options.seed, VARIANTS[1])
    moonrail = sent(options, scenario, 300)
    calls = shim.require_interposition(moonrail)
    _, differences = compare(moonrail, scenario, [300])
    if differences.count:
        raise Failure("selftest: an untouched run differs: %s" % differences.first)
    whole = moonrail.data + ".whole"
    os.rename(moonrail.data, whole)
    for what, statement in TAMPERINGS.items():
        shutil.copytree(whole, moonrail.data, ignore=shutil.ignore_patterns("*.sock", "*-shm"))
        tamper(moonrail, "d", statement)
        _, differences = compare(moonrail, scenario, [300])
        if not differences.count:
            raise Failure("selftest: nobody notices that %s" % what)
        shutil.rmtree(moonrail.data)
    shutil.rmtree(moonrail.directory)
    report.say("selftest: %d storage calls met; noticed that %s" % (
        calls, ", that ".join(TAMPERINGS)))
    moved_history(options, report)
    tampered_stream(options, report)
    lying_disk(options, shim, report)


def moved_history(options, report):
    """A function that was moved: the history campaign must see what is not as it must be."""
    scenario = HistoryScenario(options.seed, HISTORY_VARIANTS[1])
    moonrail = sent(options, scenario, 1000)
    resets = Resets(moonrail, scenario.variant, options.seed, 0)
    for outputs, start in (("fill", 100), ("append", 400)):
        resets.reset("sum", outputs, None, start)
        moonrail.run_until_idle(60)

    def differences():
        return history.compare(
            moonrail, scenario, [1000, 0], resets, random.Random(options.seed), 1)[1]

    untouched = differences()
    if untouched.count:
        raise Failure("selftest: an untouched history differs: %s" % untouched.first)
    whole = moonrail.data + ".whole"
    os.rename(moonrail.data, whole)
    for what, (station, statement) in HISTORY_TAMPERINGS.items():
        shutil.copytree(whole, moonrail.data, ignore=shutil.ignore_patterns("*.sock", "*-shm"))
        tamper(moonrail, station, statement)
        if not differences().count:
            raise Failure("selftest: nobody notices that %s" % what)
        shutil.rmtree(moonrail.data)
    shutil.rmtree(moonrail.directory)
    report.say("selftest: noticed that %s" % ", that ".join(HISTORY_TAMPERINGS))


def lying_disk(options, shim, report):
    """A disk that forgets what it said it had flushed: the power campaign must see that."""
    for seed in range(options.seed, options.seed + 5):
        run = PowerRun(options, shim, seed, VARIANTS[1], cuts=5, lies=True)
        try:
            run.run()
        except Failure as failure:
            shutil.rmtree(run.moonrail.directory, ignore_errors=True)
            report.say("selftest: noticed a disk that lies about flushes (%s)" % (
                str(failure).splitlines()[0]))
            return
    raise Failure("selftest: a disk may lie and nobody notices")
