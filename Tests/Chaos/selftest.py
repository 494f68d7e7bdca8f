"""Proves that the campaigns would notice: tampers with a store, and lets a disk lie."""
import os
import shutil
import sqlite3
import tempfile

from power import PowerRun
from processes import Failure, Moonrail
from scenario import VARIANTS, Scenario
from verdict import compare

# Each leaves a store that SQLite finds whole and the oracle must not.
TAMPERINGS = {
    "a chunk is gone": "DELETE FROM {d} WHERE first_offset = (SELECT max(first_offset) FROM {d})",
    "an event is there twice": """
        INSERT INTO {d} SELECT max(first_offset) + (SELECT count FROM {d} ORDER BY first_offset
            DESC LIMIT 1), {columns} FROM {d}""",
    "a position is behind": "UPDATE lane_position SET next = next - 1",
    "a count is wrong": "UPDATE lane SET dead_letters = dead_letters + 1",
}


def stored(options, seed):
    """A finished run with nothing wrong, and its scenario."""
    scenario = Scenario(seed, VARIANTS[1])
    directory = tempfile.mkdtemp(prefix="selftest-", dir=options.directory)
    functions, configuration = scenario.write(directory)
    moonrail = Moonrail(options.binary, directory, functions, configuration)
    path = os.path.join(directory, "input.ndjson")
    with open(path, "w") as file:
        file.write(scenario.lines(0, 0, 300))
    moonrail.answer("produce", "a", path, "--id", "id", "--json")
    moonrail.run_until_idle(60)
    return moonrail, scenario


def tamper(moonrail, statement):
    database = sqlite3.connect(os.path.join(moonrail.data, "store.sqlite"))
    [(partition,)] = database.execute(
        "SELECT partition.id FROM partition JOIN station ON station.id = station WHERE name = 'd'")
    table = "chunk_%d" % partition
    columns = ", ".join(row[1] for row in database.execute("PRAGMA table_info(%s)" % table)
                        if row[1] != "first_offset")
    with database:
        database.execute(statement.format(d=table, columns=columns))
    database.close()


def campaign(options, shim, report):
    """Fails when a campaign could pass for nothing."""
    moonrail, scenario = stored(options, options.seed)
    calls = shim.require_interposition(moonrail)
    _, differences = compare(moonrail, scenario, [300])
    if differences.count:
        raise Failure("selftest: an untouched run differs: %s" % differences.first)
    whole = moonrail.data + ".whole"
    os.rename(moonrail.data, whole)
    for what, statement in TAMPERINGS.items():
        shutil.copytree(whole, moonrail.data, ignore=shutil.ignore_patterns("*.sock", "*-shm"))
        tamper(moonrail, statement)
        _, differences = compare(moonrail, scenario, [300])
        if not differences.count:
            raise Failure("selftest: nobody notices that %s" % what)
        shutil.rmtree(moonrail.data)
    shutil.rmtree(moonrail.directory)
    report.say("selftest: %d storage calls met; noticed that %s" % (
        calls, ", that ".join(TAMPERINGS)))
    lying_disk(options, shim, report)


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
