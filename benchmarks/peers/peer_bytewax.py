#!/usr/bin/env python3
"""peer_bytewax.py EVENTS

bytewax with one worker, file to file, with its recovery on: a snapshot each second, in SQLite. Run
with an interpreter that has the PyPI packages "bytewax" and "orjson".
"""
import os
import subprocess
import sys

from measure import cleanup, count_lines, report, run_timed, workdir
from harness.job import verify

HERE = os.path.dirname(os.path.abspath(__file__))


def main():
    source = os.path.abspath(sys.argv[1])
    directory = workdir("bytewax")
    try:
        recovery = os.path.join(directory, "recovery")
        output = os.path.join(directory, "out.ndjson")
        os.makedirs(recovery)
        subprocess.check_call([sys.executable, "-m", "bytewax.recovery", recovery, "1"])
        environment = {**os.environ, "PYTHONPATH": HERE, "BYTEWAX_INPUT": source,
                       "BYTEWAX_OUTPUT": output}
        wall, cpu, memory = run_timed(
            [sys.executable, "-m", "bytewax.run", "bytewax_flow:flow", "--recovery-directory",
             recovery, "--snapshot-interval", "1", "--backup-interval", "0"],
            env=environment, cwd=directory)
        with open(output, "rb") as lines:
            verify(source, lines)
        count = count_lines(source)
        report("bytewax", count, wall, cpu, memory, "out=%d" % count_lines(output))
    finally:
        cleanup(directory)


main()
