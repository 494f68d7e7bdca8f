"""CPU time and memory of a worker and its hosts."""
import json
import os
import subprocess
import threading
import time

from .machine import MOONRAIL

TICKS = os.sysconf("SC_CLK_TCK")


def tree(root):
    """The ids of a process and of all that descend from it."""
    found, left = [], [root]
    while left:
        process = left.pop()
        found.append(process)
        try:
            for task in os.listdir("/proc/%d/task" % process):
                path = "/proc/%d/task/%s/children" % (process, task)
                left += [int(child) for child in open(path).read().split()]
        except OSError:
            continue
    return found


def cpu_seconds(processes):
    """CPU time that the processes have used so far, with that of children that ended."""
    total = 0
    for process in processes:
        try:
            fields = open("/proc/%d/stat" % process).read().rsplit(")", 1)[1].split()
        except OSError:
            continue
        total += sum(int(field) for field in fields[11:15])
    return total / TICKS


def status_mb(process, field):
    """A line of /proc/<id>/status in MB; 0 when the process is gone."""
    try:
        for line in open("/proc/%d/status" % process):
            if line.startswith(field + ":"):
                return int(line.split()[1]) / 1024
    except OSError:
        pass
    return 0.0


def peak_mb(root):
    """The sum of the peaks of resident memory of a process and its descendants."""
    return sum(status_mb(process, "VmHWM") for process in tree(root))


def unshared_mb(root):
    """Memory of a process and its descendants, where pages that they share count once."""
    total = 0
    for process in tree(root):
        try:
            for line in open("/proc/%d/smaps_rollup" % process):
                if line.startswith("Pss:"):
                    total += int(line.split()[1]) / 1024
        except OSError:
            continue
    return total


def run_until_idle(place, prefix=(), arguments=()):
    """Runs the worker until everything is settled.

    Returns seconds of wall clock (its start and end included), CPU seconds and peak memory in MB of
    worker and hosts together, and what it says it did.
    """
    began = time.monotonic()
    process = subprocess.Popen(
        [*prefix, MOONRAIL, "run", "--until-idle", "--json", *arguments], cwd=place.path,
        env=place.environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    peak = [0.0]

    def watch():
        while process.returncode is None:
            peak[0] = max(peak[0], peak_mb(process.pid))
            time.sleep(0.05)

    threading.Thread(target=watch, daemon=True).start()
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.monotonic() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise RuntimeError("moonrail ended with %d" % process.returncode)
    return {"wall_s": wall, "cpu_s": usage.ru_utime + usage.ru_stime, "memory_mb": peak[0],
            **json.loads(output)}
