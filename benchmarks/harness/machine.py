"""Where things lie, and on what they run."""
import os
import platform
import sys

BENCHMARKS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
ROOT = os.path.dirname(BENCHMARKS)
PEERS = os.path.join(BENCHMARKS, "peers")
RESULTS = os.path.join(BENCHMARKS, "results")
BUILD = os.path.join(ROOT, ".build", "release")
MOONRAIL = os.path.join(BUILD, "moonrail")
FUNCTION_HOST = os.path.join(BUILD, "function-host")
# What only the benchmarks build or install.
OWN_BUILD = os.path.join(ROOT, ".build", "benchmarks")


def processor():
    """The processor's name, as the kernel tells it."""
    try:
        for line in open("/proc/cpuinfo"):
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    except OSError:
        pass
    return platform.machine()


def load():
    """The load average of the last minute."""
    return round(os.getloadavg()[0], 2)


def description():
    """What a report says of the machine."""
    return {"processor": processor(), "processors": os.cpu_count(),
            "system": platform.platform(terse=True)}


def require(*paths):
    """Ends the program when something that it measures was not built."""
    for path in paths:
        if not os.path.exists(path):
            sys.exit("%s is missing; run: make build" % os.path.relpath(path, ROOT))
