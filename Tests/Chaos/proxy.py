"""A TCP proxy between one worker and one server, as a process of its own.

That is how it is cut: SIGSTOP leaves its connections open and lets nothing pass until SIGCONT,
which then lets out what was held up; SIGKILL breaks them, and nobody answers until it is started
anew.
"""
import asyncio
import signal
import socket
import subprocess
import sys

from processes import end, start

CHUNK_BYTES = 1 << 16


class Proxy:
    """The process, for whoever cuts."""

    def __init__(self, port, target):
        self.port = port
        self.target = target
        self.process = None
        self.is_held = False

    def start(self):
        self.process = start([sys.executable, "-B", __file__, str(self.port), str(self.target)],
                             stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def answers(self):
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def cut(self, breaks):
        """breaks: whether connections break; otherwise they stay open and nothing passes."""
        if breaks:
            end(self.process)
        else:
            self.process.send_signal(signal.SIGSTOP)
            self.is_held = True

    def heal(self):
        if self.is_held:
            self.process.send_signal(signal.SIGCONT)
            self.is_held = False
        elif self.process.poll() is not None:
            self.start()

    def end(self):
        if self.process is not None:
            end(self.process)


async def pump(reader, writer):
    """Passes on what comes, until one side ends; then the other does."""
    try:
        while data := await reader.read(CHUNK_BYTES):
            writer.write(data)
            await writer.drain()
    except OSError:
        pass
    finally:
        writer.close()


async def serve(port, target):
    async def connected(reader, writer):
        try:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", target)
        except OSError:
            writer.close()
            return
        await asyncio.gather(pump(reader, far_writer), pump(far_reader, writer))

    server = await asyncio.start_server(connected, "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(*map(int, sys.argv[1:])))
