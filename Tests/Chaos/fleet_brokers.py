"""A cluster of NATS servers on loopback, which are killed and must become whole again."""
import http.client
import json
import os
import random
import shutil
import socket
import subprocess
import time

from processes import Failure, end, start

# Below the ports that the kernel gives to clients, so that nobody has it when a server comes back.
PORTS = range(20_000, 32_000)
# A server that was killed must have all that it missed after this.
WHOLE_SECONDS = 90
ANSWER_SECONDS = 3
STOP_SECONDS = 10
# So long a server may take to apply what all have agreed on.
SETTLING_SECONDS = 10


def server_path():
    """Where nats-server is; Debian has it where only root's PATH leads."""
    return shutil.which("nats-server", path=os.environ.get("PATH", "") + ":/usr/sbin")


def free_port():
    """One that nobody of this machine has now."""
    while True:
        port = random.choice(PORTS)
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue


class Broker:
    """One server of the cluster, with a store of its own."""

    def __init__(self, directory, name):
        self.name = name
        self.directory = directory
        self.port, self.route, self.monitor = free_port(), free_port(), free_port()
        self.process = None

    def configure(self, cluster):
        os.makedirs(self.directory)
        peers = ", ".join("nats://127.0.0.1:%d" % peer.route for peer in cluster)
        # Without no_advertise it would tell workers of ports that lead past their proxies.
        routes = "" if len(cluster) == 1 else (
            'cluster { name: "fleet", listen: "127.0.0.1:%d", no_advertise: true, routes: [%s] }'
            % (self.route, peers))
        with open(os.path.join(self.directory, "nats.conf"), "w") as file:
            file.write('server_name: "%s"\nlisten: "127.0.0.1:%d"\nhttp: "127.0.0.1:%d"\n'
                       'max_payload: 8MB\njetstream { store_dir: "%s" }\n%s\n' % (
                           self.name, self.port, self.monitor,
                           os.path.join(self.directory, "store"), routes))

    def start(self):
        self.process = start(
            [server_path(), "-c", os.path.join(self.directory, "nats.conf"),
             "-l", os.path.join(self.directory, "log")],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def kill(self):
        end(self.process)

    def stop(self):
        """Ends it so that its store can be looked at later: of all that are killed at once 2.9
        may lose which streams there are."""
        self.process.terminate()
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()

    @property
    def runs(self):
        return self.process is not None and self.process.poll() is None

    def monitored(self, path):
        """What its monitoring says, as JSON; None while it does not."""
        connection = http.client.HTTPConnection("127.0.0.1", self.monitor, timeout=ANSWER_SECONDS)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            text = answer.read()
            return json.loads(text) if answer.status == 200 else None
        except (OSError, http.client.HTTPException, ValueError):
            return None
        finally:
            connection.close()

    def streams(self):
        """The streams that it has a copy of, by name; None while it does not say."""
        found = self.monitored("/jsz?streams=true")
        if found is None:
            return None
        return {stream["name"]: stream for account in found.get("account_details") or []
                for stream in account.get("stream_detail") or []}


class BrokerCluster:
    """All servers of one run."""

    def __init__(self, directory, count=3):
        self.brokers = [Broker(os.path.join(directory, "broker-%d" % number), "n%d" % number)
                        for number in range(count)]
        for broker in self.brokers:
            broker.configure(self.brokers)

    def start(self):
        for broker in self.brokers:
            broker.start()
        self.wait_until_whole()

    def end(self):
        for broker in self.brokers:
            if broker.runs:
                broker.stop()

    @property
    def names(self):
        return {broker.name for broker in self.brokers}

    def leaders(self):
        """Of each stream the server that leads it, and of the cluster as such ('')."""
        for broker in self.brokers:
            streams, meta = broker.streams(), broker.monitored("/jsz")
            if streams is not None and meta is not None:
                leaders = {name: stream.get("cluster", {}).get("leader")
                           for name, stream in streams.items()}
                leaders[""] = meta.get("meta_cluster", {}).get("leader")
                return {name: self.named(leader) for name, leader in leaders.items() if leader}
        return {}

    def named(self, name):
        return next(broker for broker in self.brokers if broker.name == name)

    def connected(self, client):
        """The server to which a client of that name is connected; None when to none."""
        for broker in self.brokers:
            found = broker.monitored("/connz") or {}
            if any(one.get("name") == client for one in found.get("connections") or []):
                return broker
        return None

    def lack(self):
        """What the cluster lacks to be whole, in words; None when nothing."""
        copies = {}
        for broker in self.brokers:
            if not broker.runs:
                return "%s has ended by itself, see %s" % (
                    broker.name, os.path.join(broker.directory, "log"))
            health = broker.monitored("/healthz")
            if health is None or health.get("status") != "ok":
                return "%s is not healthy" % broker.name
            copies[broker.name] = broker.streams()
            if copies[broker.name] is None:
                return "%s tells of no streams" % broker.name
        if len(self.brokers) == 1:
            return None
        for name in set().union(*copies.values()):
            for holder, streams in copies.items():
                if name not in streams:
                    return "%s has no copy of %s" % (holder, name)
            leader = copies[self.brokers[0].name][name].get("cluster", {}).get("leader")
            if leader not in self.names:
                return "%s has no leader" % name
            for replica in copies[leader][name]["cluster"].get("replicas") or []:
                if not replica.get("current") or replica.get("lag"):
                    return "%s is behind with %s" % (replica.get("name"), name)
        return None

    def wait_until_whole(self):
        deadline = time.monotonic() + WHOLE_SECONDS
        while True:
            lack = self.lack()
            if lack is None:
                return
            if time.monotonic() > deadline:
                raise Failure("the cluster is not whole after %d s: %s" % (WHOLE_SECONDS, lack))
            time.sleep(0.3)

    def compare_copies(self, differences):
        """All servers have the same of every stream; to be asked of a cluster that is whole."""
        deadline = time.monotonic() + SETTLING_SECONDS
        while (differing := self.differing()) and time.monotonic() < deadline:
            time.sleep(0.3)
        differences.compared += len(self.brokers[0].streams())
        for name, states in differing.items():
            differences.note("stream " + name, "the same on all servers", states)

    def differing(self):
        """The streams of which servers tell different things, and what each tells."""
        copies = {broker.name: broker.streams() for broker in self.brokers}
        told = {name: {holder: contents(name, streams[name]["state"])
                       for holder, streams in copies.items()}
                for name in copies[self.brokers[0].name]}
        return {name: states for name, states in told.items() if len(set(states.values())) > 1}


def contents(name, state):
    """What a server says that its copy of a stream holds."""
    if name.startswith("KV_"):
        # Of a bucket each removes what was overwritten when it likes.
        return state["last_seq"]
    # Of what is empty each has its own number for what is first.
    first = state["first_seq"] if state["messages"] else None
    return state["messages"], state["bytes"], first, state["last_seq"]
