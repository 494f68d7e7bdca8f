"""What goes wrong in a fleet: each fault begins, lasts for a while, and is mended."""
import time

# How long each kind lasts, from and to, in seconds. A lease lasts five.
LASTING = {"worker killed": (0.1, 10), "host killed": (0, 0), "broker killed": (0.1, 10),
           "worker stopped": (0.5, 20), "worker cut off": (0.5, 15)}
# One stop of each seed outlasts everything that anybody waits for.
LONG_STOP_SECONDS = 60
# Of 25 faults so many are of each kind.
DECK = {"worker killed": 6, "host killed": 3, "broker killed": 6, "worker stopped": 5,
        "worker cut off": 5}
# In a short form each kind comes once, and lasts not much longer than it takes others to notice.
SHORT_LASTING_MAX = 4


class Fault:
    """One fault, drawn whole before the run so that the seed determines it."""

    def __init__(self, number, kind, draw, is_short=False):
        self.number = number
        self.kind = kind
        least, most = LASTING[kind]
        self.seconds = draw.uniform(least, min(most, SHORT_LASTING_MAX) if is_short else most)
        self.pause_seconds = draw.uniform(0, 0.5 if is_short else 3)
        # Which of those there are when it begins, as a part of one.
        self.choice = draw.random()
        # A server is the leader of a stream in most cases; a cut is one of four kinds.
        self.is_leader = draw.random() < 0.75
        self.is_whole = draw.random() < 0.6
        self.breaks = draw.random() < 0.5
        self.target = None
        self.detail = ""
        self.cut = []

    def __str__(self):
        return "fault %d, %s %s%s for %.1f s" % (
            self.number, self.kind, self.target.name if self.target else "", self.detail,
            self.seconds)

    def pick(self, several):
        return several[int(self.choice * len(several))]

    def begin(self, fleet):
        """Breaks something; the workers through which events come in meanwhile."""
        if self.kind == "broker killed":
            self.kill_broker(fleet.cluster)
            return fleet.workers
        worker = self.target = self.pick(fleet.workers)
        if self.kind == "host killed":
            hosts = worker.kill_hosts(self.is_whole)
            self.detail = ", %d hosts" % hosts
            return fleet.workers
        if self.kind == "worker killed":
            worker.kill()
        elif self.kind == "worker stopped":
            worker.pause()
        else:
            self.cut_off(fleet, worker)
        return [other for other in fleet.workers if other is not worker]

    def kill_broker(self, cluster):
        leaders = sorted(cluster.leaders().items())
        if self.is_leader and leaders:
            stream, self.target = self.pick(leaders)
            self.detail = ", which led %s," % (stream or "the cluster")
        else:
            self.target = self.pick(cluster.brokers)
        self.target.kill()

    def cut_off(self, fleet, worker):
        """From all servers, or from the one to which it is connected."""
        broker = None if self.is_whole else fleet.cluster.connected(worker.name)
        self.cut = list(worker.proxies.values()) if broker is None \
            else [worker.proxies[broker.name]]
        self.detail = " from %s, %s," % (
            broker.name if broker else "all servers",
            "connections broken" if self.breaks else "connections open")
        for proxy in self.cut:
            proxy.cut(self.breaks)

    def mend(self, fleet):
        """Waits for its time to be over, and puts right what it broke."""
        time.sleep(self.seconds)
        if self.kind == "broker killed":
            self.target.start()
            # The next one must not die before all that this one missed is there again.
            fleet.cluster.wait_until_whole()
        elif self.kind == "worker killed":
            self.target.start()
        elif self.kind == "worker stopped":
            self.target.go_on()
        for proxy in self.cut:
            proxy.heal()


def draw_faults(draw, first, count, is_short, has_long_stop):
    """The faults of one part of a seed, numbered from `first` on."""
    if is_short:
        kinds = list(LASTING)
    else:
        kinds = [kind for kind, number in DECK.items() for _ in range(number)]
    draw.shuffle(kinds)
    faults = [Fault(first + number, kinds[number % len(kinds)], draw, is_short)
              for number in range(count)]
    stops = [fault for fault in faults if fault.kind == "worker stopped"]
    if has_long_stop and stops and not is_short:
        stops[0].seconds = LONG_STOP_SECONDS
    return faults
