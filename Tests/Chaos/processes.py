"""Starts, watches and kills the processes of one run. Kills by pid only what it started itself."""
import contextlib
import os
import signal
import socket
import struct
import subprocess
import threading
import time

# No command of a run takes longer than this on a machine that is not stuck.
COMMAND_SECONDS = 60


# Held while a process is started, and for ever once all are to end.
STARTING = threading.Lock()


class Failure(Exception):
    """Something that must not happen, with what is needed to look at it."""


class Moonrail:
    """The commands of one run: one binary, one data directory, one configuration."""

    def __init__(self, binary, directory, functions, configuration):
        self.binary = binary
        self.directory = directory
        self.data = os.path.join(directory, "data")
        self.functions = functions
        self.configuration = configuration
        self.log = os.path.join(directory, "worker.log")

    def command(self, *arguments):
        return [self.binary, *arguments, "--data", self.data, "--config", self.configuration]

    @staticmethod
    def environment(extra=None):
        """A clean one: nothing that is set around the campaign may change what it tests."""
        kept = {name: value for name, value in os.environ.items()
                if not name.startswith("MOONRAIL_") and name != "LD_PRELOAD"}
        return dict(kept, **(extra or {}))

    def attempt(self, *arguments):
        """A command that may fail: its status, and what it wrote."""
        return subprocess.run(self.command(*arguments), stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, text=True, timeout=COMMAND_SECONDS * 5,
                              stdin=subprocess.DEVNULL, env=self.environment())

    def answer(self, *arguments):
        """The standard output of a command that must work."""
        done = self.attempt(*arguments)
        if done.returncode != 0:
            raise Failure("moonrail %s: status %d\n%s\n%s" % (
                " ".join(arguments), done.returncode, done.stderr, self.log_tail()))
        return done.stdout

    def start_worker(self, extra=None, until_idle=False, functions=None):
        """A worker in a life of its own; its messages go to the run's log."""
        arguments = ["run", "--functions", functions or self.functions]
        if until_idle:
            arguments.append("--until-idle")
        with open(self.log, "ab") as log:
            log.write(b"-- worker %s\n" % repr(extra or {}).encode())
            log.flush()
            return start(self.command(*arguments), stdout=log, stderr=log,
                         env=self.environment(extra))

    def start_owner(self, functions=None):
        """A worker that owns the directory: a command may hold it for a moment."""
        deadline = time.monotonic() + COMMAND_SECONDS
        while True:
            worker = self.start_worker(functions=functions)
            self.wait_for_answers(worker)
            if worker.poll() is None:
                return worker
            if worker.returncode != 5 or time.monotonic() > deadline:
                raise Failure("no worker: status %d\n%s" % (worker.returncode, self.log_tail()))

    @contextlib.contextmanager
    def owner(self):
        """A worker that nobody kills before this is over."""
        worker = self.start_owner()
        try:
            yield
        finally:
            end(worker)

    def run_until_idle(self, seconds, extra=None):
        """Runs a worker until nothing is left to do; it must end well and in time."""
        deadline = time.monotonic() + seconds
        while True:
            worker = self.start_worker(extra, until_idle=True)
            try:
                status = worker.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                end(worker)
                raise Failure("not idle after %d s\n%s" % (seconds, self.log_tail())) from None
            if status == 0:
                return
            # 5: a command owns the directory for a moment.
            if status != 5 or time.monotonic() > deadline:
                raise Failure("moonrail run --until-idle: status %d\n%s" % (
                    status, self.log_tail()))
            time.sleep(0.02)

    def wait_for_answers(self, worker, seconds=COMMAND_SECONDS):
        """Waits until the worker answers at its socket, or has ended."""
        deadline = time.monotonic() + seconds
        # Until the worker owns the directory a command may answer in its place.
        while worker.poll() is None and self.answering() != worker.pid:
            if time.monotonic() > deadline:
                raise Failure("the worker does not answer\n" + self.log_tail())
            time.sleep(0.005)

    def answering(self):
        """The process that answers at the directory's socket; None when there is none."""
        with socket.socket(socket.AF_UNIX) as probe:
            try:
                probe.connect(os.path.join(self.data, "moonrail.sock"))
                credentials = probe.getsockopt(
                    socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
            except OSError:
                return None
        return struct.unpack("3i", credentials)[0]

    def log_tail(self, lines=40):
        try:
            with open(self.log, errors="replace") as log:
                return "worker's log, %s:\n  " % self.log + "  ".join(log.readlines()[-lines:])
        except FileNotFoundError:
            return "no worker has written a log"


def start(command, **arguments):
    """Starts a process that reads nothing."""
    with STARTING:
        return subprocess.Popen(command, stdin=subprocess.DEVNULL, **arguments)


def end_all():
    """Kills all that this program started, on its own way out: nothing is started any more."""
    # Whoever was interrupted while it started something does not go on.
    STARTING.acquire(timeout=1)
    for pid in children_of(os.getpid()):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def end(process):
    """Kills a process that this program started, and waits for it."""
    if process.poll() is None:
        process.kill()
    process.wait(COMMAND_SECONDS)


def was_killed(process):
    return process.returncode == -signal.SIGKILL


def children_of(pid, command=None):
    """The processes that a process started, those of one command only if one is named."""
    children = []
    for name in os.listdir("/proc"):
        if not name.isdigit():
            continue
        try:
            with open("/proc/%s/stat" % name) as file:
                text = file.read()
        except OSError:
            continue
        # pid (command) state parent ...
        found = text[text.index("(") + 1:text.rindex(")")]
        if int(text[text.rindex(")") + 2:].split()[1]) == pid and command in (None, found):
            children.append(int(name))
    return children


def kill_host(pid):
    """Whether the host was still there to be killed."""
    try:
        os.kill(pid, signal.SIGKILL)
        return True
    except ProcessLookupError:
        return False
