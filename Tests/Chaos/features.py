"""What the binary under test can do, asked once."""
import subprocess

from processes import Moonrail


class Features:
    """Commands and settings that campaigns use when they are there."""

    def __init__(self, binary):
        self.backups = self.helps(binary, "backup", "create")
        self.retention = self.helps(binary, "station", "alter")

    @staticmethod
    def helps(binary, *command):
        asked = subprocess.run([binary, *command, "--help"], stdout=subprocess.PIPE,
                               stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL, text=True,
                               env=Moonrail.environment())
        return "moonrail %s " % " ".join(command) in asked.stdout
