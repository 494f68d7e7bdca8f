#!/usr/bin/env python3
"""peer_moonrail.py EVENTS

Moonrail on the reference job, with its default settings: sandbox on, fsync before each
acknowledgement. The events are produced first (timed apart, as "load"); then a worker is started
and runs until it is idle. The wall time is the whole life of that process, its start included. CPU
is that of worker and host together; memory is the sum of their peaks.
"""
import os
import subprocess
import sys
import time

from measure import count_lines, report
from harness.job import function, verify
from harness.machine import MOONRAIL
from harness.place import Place
from harness.processes import run_until_idle


def main():
    source = os.path.abspath(sys.argv[1])
    count = count_lines(source)
    with Place({"celsius": function()}) as place:
        began = time.monotonic()
        place.run("produce", "in", source)
        load = time.monotonic() - began
        time.sleep(1)
        done = run_until_idle(place)
        assert done["processed"] == count, done
        reader = subprocess.Popen([MOONRAIL, "read", "out", "--format", "data"],
                                  env=place.environment, stdout=subprocess.PIPE)
        verify(source, reader.stdout)
        assert reader.wait() == 0
        report("moonrail", count, done["wall_s"], done["cpu_s"], done["memory_mb"],
               "out=%d load_per_s=%.0f" % (done["emitted"], count / load))


main()
