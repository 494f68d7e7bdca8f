"""Gives workers short lives: they, their hosts and producers die at random and at named points."""
import time

from processes import Failure, children_of, end, kill_host, was_killed

# A worker that was told to die at a place that it never reaches is killed after this.
LIFE_SECONDS_MAX = 1.5
# Hosts that are killed in one life of a worker: one less than the runs after which an event that
# ran alone is held to be what kills them (retry.attempts).
HOST_KILLS_PER_LIFE = 2


class Tally:
    """What was killed, by how."""

    def __init__(self):
        self.workers = {}
        self.hosts = 0
        self.producers = 0

    def worker(self, how):
        self.workers[how] = self.workers.get(how, 0) + 1

    @property
    def kills(self):
        return sum(self.workers.values()) + self.hosts

    def __str__(self):
        ways = ", ".join("%s %d" % pair for pair in sorted(self.workers.items()))
        return "%d kills: %d of workers (%s), %d of hosts; %d of producers besides" % (
            self.kills, sum(self.workers.values()), ways, self.hosts, self.producers)


class Lives:
    """The lives of one run's workers, one after another."""

    def __init__(self, moonrail, shim, draw, points, storage_calls, begun):
        """points: names that MOONRAIL_CRASH_POINT knows, each with how often a worker may pass it
        before it dies; storage_calls: how many it may make at most; begun: called with how a
        worker is to die, and with the worker."""
        self.moonrail = moonrail
        self.shim = shim
        self.random = draw
        self.points = points
        self.storage_calls = storage_calls
        self.begun = begun
        self.tally = Tally()

    def live(self, producers):
        """Starts a worker, kills some of its hosts and then itself, one way or another."""
        how, extra, seconds = self.plan()
        worker = self.moonrail.start_worker(extra)
        try:
            self.begun(how, worker)
            deadline = time.monotonic() + seconds
            hosts_left = self.random.choice([0, 1, HOST_KILLS_PER_LIFE])
            while worker.poll() is None and time.monotonic() < deadline:
                rest = deadline - time.monotonic()
                time.sleep(min(max(rest, 0), self.random.uniform(0.005, 0.08)))
                if hosts_left > 0 and self.random.random() < 0.3:
                    hosts_left -= self.kill_a_host(worker.pid)
                if self.random.random() < 0.02:
                    self.tally.producers += self.random.choice(producers).kill()
        finally:
            in_time = worker.poll() is None
            end(worker)
        if was_killed(worker):
            self.tally.worker("at random" if in_time else how)
        elif worker.returncode != 5:
            raise Failure("the worker ended with status %d\n%s" % (
                worker.returncode, self.moonrail.log_tail()))
        else:
            # A command owns the directory.
            time.sleep(0.005)

    def plan(self):
        """How the next worker dies: its name, its environment, and its longest life."""
        draw = self.random.random()
        if draw < 0.3:
            point = self.random.choice(sorted(self.points))
            passes = int(self.points[point] ** self.random.random())
            return point, {"MOONRAIL_CRASH_POINT": "%s:%d" % (point, passes)}, LIFE_SECONDS_MAX
        if draw < 0.45:
            call = int(2 * (self.storage_calls / 2) ** self.random.random())
            extra = self.shim.environment(self.moonrail, "kill", call)
            return "at a storage call", extra, LIFE_SECONDS_MAX
        # Short lives and a few long ones, so that the line gets on.
        return "at random", None, 10 ** self.random.uniform(-1.7, -0.1)

    def kill_a_host(self, pid):
        """Kills one of a worker's hosts; whether there was one."""
        hosts = children_of(pid, "function-host")
        killed = bool(hosts) and kill_host(self.random.choice(hosts))
        self.tally.hosts += killed
        return killed
