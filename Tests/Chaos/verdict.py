"""Compares a finished run with the oracle and puts the result into words."""
import os
import sqlite3
import shutil

from comparison import Differences
from oracle import Oracle
from processes import Failure
from stations import Reader


def compare(moonrail, scenario, produced=None):
    """Reads every station and lane and compares them; the oracle and its differences.

    produced: how many events of each producer there must be; None: as many as there are.
    """
    differences = Differences()
    oracle = Oracle(scenario, produced, differences)
    with Reader(moonrail) as reader:
        oracle.check(reader.station, reader.lanes)
    check_file(moonrail, differences)
    return oracle, differences


def check_file(moonrail, differences):
    """SQLite's own word on the file, from a copy: nobody but the engine may touch the store."""
    copy = os.path.join(moonrail.directory, "integrity")
    shutil.rmtree(copy, ignore_errors=True)
    os.makedirs(copy)
    for name in os.listdir(moonrail.data):
        if name.startswith("store.sqlite") and not name.endswith("-shm"):
            shutil.copyfile(os.path.join(moonrail.data, name), os.path.join(copy, name))
    database = sqlite3.connect(os.path.join(copy, "store.sqlite"))
    try:
        found = [row[0] for row in database.execute("PRAGMA integrity_check")]
    finally:
        database.close()
    shutil.rmtree(copy)
    differences.compared += 1
    if found != ["ok"]:
        differences.note("store.sqlite", "a whole file", "; ".join(found[:5]))


def require_none(differences, moonrail, what):
    """Raises what differs, with the place of the data."""
    if differences.count:
        raise Failure("%s: %d differences, the first:\n  %s\ndata kept in %s\n%s" % (
            what, differences.count, "\n  ".join(differences.first), moonrail.directory,
            moonrail.log_tail(10)))
