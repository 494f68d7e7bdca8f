"""The workers of one run, each with a data directory, a configuration and proxies of its own."""
import contextlib
import os
import signal
import subprocess
import time

from fleet_brokers import BrokerCluster, free_port
from processes import COMMAND_SECONDS, Failure, Moonrail, children_of, end, kill_host
from proxy import Proxy

NAMES = ["one", "two", "three"]
# Moonrail's default, and a shorter one for runs that have little time.
LEASE_SECONDS = 5
SHORT_LEASE_SECONDS = 2


class FleetWorker:
    """One worker, which reaches each server through a proxy of its own."""

    def __init__(self, options, directory, name, scenario, functions, brokers):
        self.name = name
        os.makedirs(directory)
        self.proxies = {broker.name: Proxy(free_port(), broker.port) for broker in brokers}
        configuration = scenario.configure(
            directory, functions, name, [proxy.port for proxy in self.proxies.values()],
            len(brokers), SHORT_LEASE_SECONDS if options.short else LEASE_SECONDS)
        self.moonrail = Moonrail(options.binary, directory, functions, configuration)
        self.process = None
        # Whether it is to run; one that ends while it is has failed.
        self.is_wanted = False

    def start(self):
        """Starts it, and waits until it answers."""
        self.process = self.moonrail.start_owner()
        self.is_wanted = True

    def kill(self):
        self.is_wanted = False
        end(self.process)

    def pause(self):
        self.process.send_signal(signal.SIGSTOP)

    def go_on(self):
        self.process.send_signal(signal.SIGCONT)

    def kill_hosts(self, all_of_them):
        """Kills one of its functions' hosts, or all; how many."""
        hosts = children_of(self.process.pid, "function-host")
        return sum(kill_host(host) for host in (hosts if all_of_them else hosts[:1]))

    def check(self):
        if self.is_wanted and self.process.poll() is not None:
            raise Failure("worker %s ended with status %d\n%s" % (
                self.name, self.process.returncode, self.moonrail.log_tail()))

    def stop(self):
        """Tells it to end, as an operator does."""
        self.is_wanted = False
        self.process.terminate()

    def wait(self):
        """Waits until it has ended, and well."""
        try:
            status = self.process.wait(COMMAND_SECONDS)
        except subprocess.TimeoutExpired:
            raise Failure("worker %s does not stop\n%s" % (
                self.name, self.moonrail.log_tail())) from None
        if status != 0:
            raise Failure("worker %s stopped with status %d\n%s" % (
                self.name, status, self.moonrail.log_tail()))


class Fleet:
    """Servers, proxies and workers; all end with the value."""

    def __init__(self, options, directory, scenario, servers=3, workers=3):
        self.directory = directory
        self.cluster = BrokerCluster(directory, servers)
        functions = scenario.write_functions(directory)
        self.workers = [
            FleetWorker(options, os.path.join(directory, name), name, scenario, functions,
                        self.cluster.brokers)
            for name in NAMES[:workers]]
        self.proxies = [proxy for worker in self.workers for proxy in worker.proxies.values()]

    @contextlib.contextmanager
    def running(self):
        """Servers and proxies; the workers are not started."""
        try:
            for proxy in self.proxies:
                proxy.start()
            self.cluster.start()
            deadline = time.monotonic() + COMMAND_SECONDS
            while not all(proxy.answers() for proxy in self.proxies):
                if time.monotonic() > deadline:
                    raise Failure("the proxies do not come up")
                time.sleep(0.02)
            yield self
        finally:
            for worker in self.workers:
                if worker.process is not None:
                    end(worker.process)
            for proxy in self.proxies:
                proxy.end()
            self.cluster.end()

    def check(self):
        for worker in self.workers:
            worker.check()
