"""Data directories with their functions, workers on them, and clients of their sockets."""
import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time

from .machine import MOONRAIL

START_SECONDS = 60
COMMAND_SECONDS = 1800


class Place:
    """A data directory with its functions; removed when its `with` ends."""

    def __init__(self, functions, stations=None, environment=None):
        self.path = tempfile.mkdtemp(prefix="moonrail-bench-")
        os.makedirs(self.path + "/functions")
        for name, source in functions.items():
            self.deploy(name, source)
        self.data = self.path + "/data"
        self.socket = self.data + "/moonrail.sock"
        self.environment = {
            "PATH": os.environ["PATH"], "MOONRAIL_DATA": self.data,
            "MOONRAIL_FUNCTIONS": self.path + "/functions", "MOONRAIL_LOG_LEVEL": "error",
            **(environment or {})}
        self.worker = None
        for station, options in (stations or {}).items():
            self.run("station", "create", station, *options)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.kill()
        shutil.rmtree(self.path, ignore_errors=True)

    def deploy(self, name, source):
        """Puts a script there; a worker that starts later runs it."""
        with open("%s/functions/%s.lua" % (self.path, name), "w") as file:
            file.write(source)

    def replace_functions(self, functions):
        """Leaves no other scripts there than these."""
        shutil.rmtree(self.path + "/functions")
        os.makedirs(self.path + "/functions")
        for name, source in functions.items():
            self.deploy(name, source)

    def run(self, *arguments, **options):
        """Runs a command to its end, and returns what it wrote."""
        return subprocess.run(
            [MOONRAIL, *arguments], env=self.environment, cwd=self.path, check=True,
            stderr=subprocess.DEVNULL, stdout=subprocess.PIPE, timeout=COMMAND_SECONDS,
            **options).stdout

    def describe(self, station):
        """What `station show` knows."""
        return json.loads(self.run("station", "show", station, "--json"))

    def start(self, *arguments):
        """Starts the worker. Returns the seconds until it answered."""
        if os.path.exists(self.socket):
            os.remove(self.socket)
        began = time.monotonic()
        self.worker = subprocess.Popen(
            [MOONRAIL, "run", *arguments], env=self.environment, cwd=self.path,
            stderr=subprocess.DEVNULL)
        while time.monotonic() - began < START_SECONDS:
            try:
                if self.get("/v1/worker"):
                    return time.monotonic() - began
            except OSError:
                time.sleep(0.001)
            if self.worker.poll() is not None:
                break
        raise RuntimeError("the worker did not start")

    def kill(self):
        """Ends the worker at once."""
        self.end(signal.SIGKILL)

    def stop(self):
        """Ends the worker in order."""
        self.end(signal.SIGTERM)

    def end(self, number):
        if self.worker is not None and self.worker.poll() is None:
            self.worker.send_signal(number)
            self.worker.wait(60)
        self.worker = None

    def get(self, path):
        """The answer's bytes to one request to the worker."""
        connection = Connection(self.socket)
        try:
            connection.request("GET", path)
            return connection.getresponse().read()
        finally:
            connection.close()


class Connection(http.client.HTTPConnection):
    """HTTP over a UNIX socket, kept open between requests."""

    def __init__(self, path):
        super().__init__("localhost")
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(self.path)

    def append(self, station, lines):
        """Appends lines, and returns when they are on disk."""
        self.request(
            "POST", "/v1/stations/%s/events" % station, lines,
            {"content-type": "application/x-ndjson", "prefer": "return=minimal"})
        answer = self.getresponse()
        body = answer.read()
        if answer.status >= 300:
            raise RuntimeError("%d %s" % (answer.status, body))
        return body
