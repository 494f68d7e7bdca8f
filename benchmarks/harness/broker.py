"""A nats-server of a benchmark's own."""
import json
import os
import subprocess
import tempfile
import time
import urllib.request

from .processes import cpu_seconds

START_SECONDS = 20


class Server:
    """A nats-server on loopback with a store of its own; both are gone when its `with` ends."""

    def __init__(self):
        self.directory = tempfile.TemporaryDirectory(prefix="moonrail-nats-")
        with open(self.directory.name + "/nats.conf", "w") as file:
            file.write('listen: 127.0.0.1:-1\nhttp: 127.0.0.1:-1\nports_file_dir: "%s"\n'
                       'jetstream { store_dir: "%s/store" }\n' % (
                           self.directory.name, self.directory.name))
        self.process = subprocess.Popen(
            ["nats-server", "-c", self.directory.name + "/nats.conf",
             "-l", self.directory.name + "/log"])
        ports = self.found()
        self.url = ports["nats"][0]
        self.monitoring = ports["monitoring"][0]

    def found(self):
        """The addresses that it wrote when it took connections."""
        began = time.monotonic()
        while time.monotonic() - began < START_SECONDS:
            for name in os.listdir(self.directory.name):
                if name.endswith(".ports"):
                    try:
                        return json.load(open(os.path.join(self.directory.name, name)))
                    except (ValueError, KeyError):
                        pass
            time.sleep(0.02)
        raise RuntimeError("nats-server does not come up")

    def cpu(self):
        return cpu_seconds([self.process.pid])

    def counts(self):
        """What it says of itself: messages in and out, memory."""
        with urllib.request.urlopen(self.monitoring + "/varz") as answer:
            return json.load(answer)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.directory.cleanup()
