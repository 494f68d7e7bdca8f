"""Backups that are made while everything dies, and what must be in them."""
import os
import shutil
import subprocess

from processes import Failure, Moonrail, end
from verdict import compare

# Those that are restored and compared in the end, of all that were made.
COMPARED = 2


class Backups:
    """Makes one backup after the other beside the killing; some are cut off."""

    def __init__(self, moonrail, producers):
        self.moonrail = moonrail
        self.producers = producers
        self.process = None
        self.attempts = 0
        # For each complete file, what was acknowledged before it was begun.
        self.complete = []
        self.acknowledged = None

    @property
    def path(self):
        """The next file. One that was cut off is made again under its name."""
        return os.path.join(self.moonrail.directory, "backup-%d.sqlite" % len(self.complete))

    def begin(self):
        """Begins a backup unless one is under way."""
        if self.process is not None and self.process.poll() is None:
            return
        self.collect()
        if self.acknowledged is None:
            self.acknowledged = [producer.acknowledged for producer in self.producers]
        self.attempts += 1
        self.process = subprocess.Popen(
            self.moonrail.command("backup", "create", self.path), stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=Moonrail.environment())

    def collect(self):
        """Takes note of a backup that is complete, whether or not its command lived to say so."""
        if os.path.exists(self.path):
            self.complete.append((self.path, self.acknowledged))
            self.acknowledged = None

    def end(self):
        if self.process is not None:
            end(self.process)
        self.collect()

    def check(self, scenario):
        """Restores the last backups, lets their lines run to the end, and compares each."""
        facts = 0
        for path, acknowledged in self.complete[-COMPARED:]:
            directory = path + ".restored"
            os.mkdir(directory)
            restored = Moonrail(
                self.moonrail.binary, directory, self.moonrail.functions,
                self.moonrail.configuration)
            restored.answer("backup", "verify", path)
            restored.answer("backup", "restore", path)
            restored.run_until_idle(400)
            oracle, differences = compare(restored, scenario)
            for number, (found, least) in enumerate(zip(oracle.produced, acknowledged)):
                if found < least:
                    differences.note("%s, producer %d" % (path, number), "%d events" % least, found)
            if differences.count:
                raise Failure("backup %s: %d differences, the first:\n  %s\n%s" % (
                    path, differences.count, "\n  ".join(differences.first),
                    restored.log_tail(10)))
            facts += differences.compared
            shutil.rmtree(directory)
        return facts
