#!/usr/bin/env python3
"""peer_moonrail.py EVENTS

Moonrail on the reference job, with its default settings: sandbox on, fsync before each acknowledgement.
The events are produced first (timed apart, as "load"); then a worker is started and runs until it is
idle. The wall time is the whole life of that process, its start included. CPU is that of worker and
host together; memory is the sum of their peaks.
"""
import json
import os
import shutil
import subprocess
import sys
import threading
import time

from measure import cleanup, count_lines, report, workdir

HERE = os.path.dirname(os.path.abspath(__file__))
MOONRAIL = os.path.join(HERE, "..", "..", ".build", "release", "moonrail")


def tree_peak_mb(root):
    """The peaks of a process and its children, in MB."""
    peak = 0.0
    try:
        children = open("/proc/%d/task/%d/children" % (root, root)).read().split()
    except OSError:
        children = []
    for task in os.listdir("/proc/%d/task" % root) if os.path.isdir("/proc/%d/task" % root) else []:
        try:
            children += open("/proc/%d/task/%s/children" % (root, task)).read().split()
        except OSError:
            pass
    for pid in {str(root), *children}:
        try:
            for line in open("/proc/%s/status" % pid):
                if line.startswith("VmHWM"):
                    peak += int(line.split()[1]) / 1024.0
        except OSError:
            pass
    return peak


def main():
    source = os.path.abspath(sys.argv[1])
    count = count_lines(source)
    directory = workdir("moonrail")
    functions = os.path.join(directory, "functions")
    os.makedirs(functions)
    shutil.copy(os.path.join(HERE, "celsius.lua"), functions)
    environment = {"PATH": os.environ["PATH"], "MOONRAIL_DATA": os.path.join(directory, "data"),
                   "MOONRAIL_FUNCTIONS": functions, "MOONRAIL_LOG_LEVEL": "warning"}
    try:
        began = time.monotonic()
        subprocess.check_call([MOONRAIL, "produce", "in", source], env=environment, cwd=directory,
                              stderr=subprocess.DEVNULL)
        load = time.monotonic() - began
        time.sleep(1)
        began = time.monotonic()
        process = subprocess.Popen([MOONRAIL, "run", "--until-idle", "--json"], env=environment,
                                   cwd=directory, stdout=subprocess.PIPE)
        peak = [0.0]

        def watch():
            while process.returncode is None:
                peak[0] = max(peak[0], tree_peak_mb(process.pid))
                time.sleep(0.05)

        threading.Thread(target=watch, daemon=True).start()
        output = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.monotonic() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            sys.exit("moonrail ended with %d" % process.returncode)
        done = json.loads(output)
        assert done["processed"] == count, done
        report("moonrail", count, wall, usage.ru_utime + usage.ru_stime, peak[0],
               "out=%d load_per_s=%.0f" % (done["emitted"], count / load))
    finally:
        cleanup(directory)


main()
