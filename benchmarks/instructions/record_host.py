#!/usr/bin/python3
"""Stands in for the function host of one worker, and records what the worker sends.

Starts the real host, passes everything on in both directions, and writes the worker's bytes to
<recording>.<process id>. The worker gives its host neither arguments nor environment to say where:
both paths stand in the first two lines of `host-recording.conf` beside this file's copy.
"""
import os
import select
import socket
import subprocess
import sys

WORKER = 3


def main():
    directory = os.path.dirname(os.path.abspath(__file__))
    host, recording = open(os.path.join(directory, "host-recording.conf")).read().split("\n")[:2]
    worker = socket.socket(fileno=WORKER)
    own, other = socket.socketpair()
    started = subprocess.Popen(
        [sys.executable, "-c", "import os, sys; os.dup2(int(sys.argv[1]), 3); "
         "os.execv(sys.argv[2], sys.argv[2:])", str(other.fileno()), host, *sys.argv[1:]],
        pass_fds=[other.fileno()])
    other.close()
    with open("%s.%d" % (recording, os.getpid()), "wb") as file:
        while True:
            ready, _, _ = select.select([worker, own], [], [])
            for source, target in ((worker, own), (own, worker)):
                if source not in ready:
                    continue
                data = source.recv(1 << 20)
                if not data:
                    own.close()
                    sys.exit(started.wait())
                if source is worker:
                    file.write(data)
                target.sendall(data)


main()
