#!/usr/bin/python3
"""Stands in for the function host of one worker: starts the real one, passes everything on in both
directions, and records what the worker sends in <recording>.<process id>.

Paced, it gives an answer on only when all threads of the worker sleep. Then each batch is settled
before the next one comes back, and a worker does the same in the same order, however busy the
machine is. The worker gives its hosts neither arguments nor an environment: the real host's path,
the recording's (or an empty line) and "paced" (or an empty line) are the lines of
`stand-in-host.conf` beside this file.
"""
import os
import select
import socket
import subprocess
import sys
import time

WORKER = 3
PORTION = 1 << 20
# Looks in a row at which every thread sleeps, so that none was just about to be woken.
QUIET_LOOKS = 3
LOOK_SECONDS = 0.004
START = ("import os, sys; os.dup2(int(sys.argv[1]), 3); os.execv(sys.argv[2], sys.argv[2:])")


def sleeps(process):
    """Whether all threads of the process wait for something that is not the disk."""
    for task in os.listdir("/proc/%d/task" % process):
        with open("/proc/%d/task/%s/stat" % (process, task)) as file:
            if file.read().rsplit(")", 1)[1].split()[0] != "S":
                return False
    return True


def wait_for(process):
    quiet = 0
    while quiet < QUIET_LOOKS:
        time.sleep(LOOK_SECONDS)
        try:
            quiet = quiet + 1 if sleeps(process) else 0
        except OSError:
            # A thread that ended meanwhile: look again.
            quiet = 0


def main():
    directory = os.path.dirname(os.path.abspath(__file__))
    with open(os.path.join(directory, "stand-in-host.conf")) as file:
        host, recording, paced = file.read().split("\n")[:3]
    worker = socket.socket(fileno=WORKER)
    own, other = socket.socketpair()
    started = subprocess.Popen(
        [sys.executable, "-c", START, str(other.fileno()), host, *sys.argv[1:]],
        pass_fds=[other.fileno()])
    other.close()
    record = open("%s.%d" % (recording, os.getpid()) if recording else os.devnull, "wb")
    while True:
        ready, _, _ = select.select([worker, own], [], [])
        for source, target in ((worker, own), (own, worker)):
            if source not in ready:
                continue
            data = source.recv(PORTION)
            if not data:
                own.close()
                record.close()
                sys.exit(started.wait())
            if source is worker:
                record.write(data)
            elif paced:
                wait_for(os.getppid())
            target.sendall(data)


main()
