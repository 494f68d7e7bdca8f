"""Counts instructions of a worker and of a function host with valgrind's callgrind."""
import glob
import os
import re
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import threading

from .job import events_file, function
from .machine import BENCHMARKS, BUILD, FUNCTION_HOST, MOONRAIL, ROOT
from .place import Place

SECONDS_MOST = 300
PARTS = os.path.join(BENCHMARKS, "instructions")
SOURCES = os.path.join(ROOT, "Sources")
RUN, LOAD = 2, 1
LENGTH_BYTES = 4


def clang():
    """The C compiler that comes with Swift, which has built the rest."""
    swift = os.path.realpath(shutil.which("swift") or "")
    beside = os.path.join(os.path.dirname(swift), "clang")
    return beside if os.path.exists(beside) else "clang"


class Counter:
    """Builds what can be counted in a directory of its own, and counts."""

    def __init__(self):
        if shutil.which("valgrind") is None:
            sys.exit("valgrind is missing; run: scripts/setup valgrind")
        self.directory = tempfile.mkdtemp(prefix="moonrail-bench-")
        self.steady = os.path.join(self.directory, "steady.so")
        subprocess.run([clang(), "-shared", "-fPIC", "-O1", "-o", self.steady,
                        os.path.join(PARTS, "steady.c")], check=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.directory, ignore_errors=True)

    def worker_instructions(self, short, long):
        """Instructions of the worker for each event."""
        binary = os.path.join(self.directory, "moonrail")
        # valgrind can't read Swift's debug information; names of functions stay.
        subprocess.run(["strip", "--strip-debug", "-o", binary, MOONRAIL], check=True)
        environment = {"LD_PRELOAD": self.steady,
                       "MOONRAIL_FUNCTION_HOST": self.stand_in("paced", paced=True)}
        counts = []
        for events in (short, long):
            with self.loaded_place(events, environment) as place:
                counts.append(self.count(
                    [binary, "run", "--until-idle"], env=place.environment, cwd=place.path))
        return (counts[1] - counts[0]) / (long - short)

    def stand_in(self, name, recording="", paced=False):
        """An executable that stands in for the function host."""
        directory = os.path.join(self.directory, name)
        os.makedirs(directory)
        with open(os.path.join(directory, "stand-in-host.conf"), "w") as file:
            file.write("%s\n%s\n%s\n" % (
                os.path.abspath(FUNCTION_HOST), recording, "paced" if paced else ""))
        return shutil.copy(os.path.join(PARTS, "stand_in_host.py"), directory)

    def host_instructions(self, short, long):
        """Instructions of the function host for each event."""
        host = self.open_host()
        load, runs = self.recording(long)
        counts = []
        for events in (short, long):
            frames, left = [load], events
            for frame in runs:
                if left <= 0:
                    break
                frames.append(frame)
                left -= events_of(frame)
            if left != 0:
                raise RuntimeError("the recorded batches are not cut at %d events" % events)
            counts.append(self.replay(host, frames))
        return (counts[1] - counts[0]) / (long - short)

    def loaded_place(self, events, environment):
        """A place with the job's function and its first events."""
        place = Place({"celsius": function()})
        with open(events_file(100_000), "rb") as file:
            lines = [file.readline() for _ in range(events)]
        place.run("produce", "in", input=b"".join(lines))
        place.environment.update(environment)
        return place

    def recording(self, events):
        """The LOAD frame and the RUN frames that a worker sends its host for the job."""
        recording = os.path.join(self.directory, "recording")
        stand_in = self.stand_in("recording-host", recording)
        with self.loaded_place(events, {"MOONRAIL_FUNCTION_HOST": stand_in}) as place:
            place.run("run", "--until-idle")
        for path in glob.glob(recording + ".*"):
            frames = frames_of(open(path, "rb").read())
            runs = [frame for frame in frames if frame[LENGTH_BYTES] == RUN]
            if runs:
                loads = [frame for frame in frames if frame[LENGTH_BYTES] == LOAD]
                return loads[0], runs
        raise RuntimeError("no host was given events")

    def open_host(self):
        """The function host of the build, without its lockdown: valgrind needs files and calls."""
        sources = os.path.join(SOURCES, "CLuaHost")
        own = []
        for path in (os.path.join(sources, "lockdown.c"),
                     os.path.join(SOURCES, "function-host", "main.c")):
            own.append(os.path.join(self.directory, os.path.basename(path) + ".o"))
            subprocess.run([clang(), "-O2", "-DMOONRAIL_WITHOUT_LOCKDOWN", "-I", sources,
                            "-I", os.path.join(sources, "include"), "-c", path, "-o", own[-1]],
                           check=True)
        built = [path for module in ("CLuaHost", "CJSON")
                 for path in glob.glob(os.path.join(BUILD, module + ".build", "**", "*.o"),
                                       recursive=True)
                 if os.path.basename(path) != "lockdown.c.o"]
        host = os.path.join(self.directory, "open-host")
        subprocess.run([clang() + "++", "-Wl,--strip-debug", "-o", host, *built, *own,
                        "-llua5.4", "-lseccomp", "-lsimdjson"], check=True)
        return host

    def replay(self, host, frames):
        """Instructions of a host that is given these frames, from its start to its end."""
        worker, other = socket.socketpair()
        os.set_inheritable(other.fileno(), True)

        def talk():
            for frame in frames:
                worker.sendall(frame)
            worker.shutdown(socket.SHUT_WR)

        def listen():
            while worker.recv(1 << 20):
                pass

        threads = [threading.Thread(target=run, daemon=True) for run in (talk, listen)]
        for thread in threads:
            thread.start()
        # valgrind keeps descriptor 3 as the program's, when it is open at its start.
        return self.count(
            ["sh", "-c", 'exec 3<&%d && exec "$0" "$@"' % other.fileno()], host=host,
            pass_fds=[other.fileno()], done=other.close,
            env={"PATH": os.environ["PATH"], "LD_PRELOAD": self.steady})

    def count(self, command, host=None, done=None, **options):
        """Runs a command under callgrind. Returns the instructions of all of its threads."""
        output = os.path.join(self.directory, "callgrind.out")
        log = os.path.join(self.directory, "callgrind.log")
        valgrind = ["valgrind", "--tool=callgrind", "--callgrind-out-file=" + output,
                    "--log-file=" + log]
        command = [*command, *valgrind, host] if host else [*valgrind, *command]
        # Without random addresses hashes of them, and so tables' orders, are the same each time.
        process = subprocess.Popen(["setarch", "--addr-no-randomize", *command],
                                   stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                   stderr=subprocess.PIPE, **options)
        if done:
            done()
        try:
            _, errors = process.communicate(timeout=SECONDS_MOST)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise
        text = open(log).read() if os.path.exists(log) else ""
        collected = re.search(r"Collected : (\d+)", text)
        if process.returncode != 0 or not collected:
            raise RuntimeError("under valgrind it ended with %d: %s" % (
                process.returncode, (errors.decode() + text)[-800:]))
        return int(collected.group(1))


def frames_of(data):
    """The frames that a worker's bytes are made of."""
    frames, at = [], 0
    while at < len(data):
        end = at + LENGTH_BYTES + struct.unpack_from("<I", data, at)[0]
        frames.append(data[at:end])
        at = end
    return frames


def events_of(frame):
    """The number of events in a RUN frame (docs/formats.md)."""
    at = LENGTH_BYTES + 8
    stations, = struct.unpack_from("<I", frame, at)
    at += 4
    for _ in range(stations):
        at += 4 + struct.unpack_from("<I", frame, at)[0]
    return struct.unpack_from("<I", frame, at)[0]
