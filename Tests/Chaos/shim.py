"""Builds the preload library that makes storage calls go wrong, and sets it up for one process."""
import os
import struct
import subprocess

from processes import Failure

HERE = os.path.dirname(os.path.abspath(__file__))
CALLS = ["open", "write", "sync", "truncate", "unlink", "read"]
REPORT = struct.Struct("<5Q")


class Report:
    """What a library did in one process: the file that it shares with the campaign."""

    def __init__(self, path):
        self.path = path
        self.clear()

    def clear(self):
        with open(self.path, "wb") as file:
            file.write(bytes(REPORT.size))

    def read(self):
        with open(self.path, "rb") as file:
            fields = REPORT.unpack(file.read(REPORT.size))
        self.calls, self.faults, self.sectors_lost, self.sectors_kept, first = fields
        self.first_call = CALLS[first - 1] if first else None
        return self


class Shim:
    """The library for the stores of one campaign."""

    def __init__(self, directory):
        self.library = os.path.join(directory, "storage_shim.so")
        sources = [os.path.join(HERE, name) for name in ("storage_shim.c", "storage_undo.c")]
        subprocess.run(["cc", "-std=gnu11", "-O2", "-Wall", "-Wextra", "-Werror", "-shared",
                        "-fPIC", "-o", self.library, *sources], check=True)

    def environment(self, moonrail, mode, call=0, lasting=False, seed=0, report=None,
                    lies=False):
        """Variables for a worker whose call of that number goes wrong."""
        return {
            "LD_PRELOAD": self.library,
            "CHAOS_STORE": os.path.join(moonrail.data, "store.sqlite"),
            "CHAOS_MODE": mode, "CHAOS_CALL": str(call), "CHAOS_SEED": str(seed),
            "CHAOS_LASTING": "1" if lasting else "0", "CHAOS_LIES": "1" if lies else "0",
            "CHAOS_REPORT": report.path if report is not None else "/dev/null",
        }

    def require_interposition(self, moonrail):
        """A library that meets no call would make every campaign pass for nothing."""
        report = Report(os.path.join(moonrail.directory, "shim-report"))
        moonrail.run_until_idle(60, self.environment(moonrail, "count", report=report))
        calls = report.read().calls
        if calls == 0:
            raise Failure("the preload library met no storage call: is SQLite linked statically?")
        return calls
