"""Proves that the fleet campaign would notice: tampers with a stream on a server."""
import os
import random
import re
import shutil
import tempfile

from fleet_scenario import FleetScenario
from fleet_verdict import compare
from fleet_workers import Fleet
from nats_client import NATSClient
from processes import COMMAND_SECONDS, Failure

EVENTS = 300
# The last station of the chain, and its stream.
STREAM = "moonrail=copies"


def tampered_stream(options, report):
    """The campaign must see an effect that counts twice, and one that is gone."""
    scenario = FleetScenario(options.seed)
    directory = tempfile.mkdtemp(prefix="selftest-", dir=options.directory)
    fleet = Fleet(options, directory, scenario, servers=1, workers=1)
    [worker] = fleet.workers
    path = os.path.join(directory, "input.ndjson")
    with open(path, "w") as file:
        file.write(scenario.lines(0, 0, EVENTS))

    def differences():
        return compare(fleet, scenario, [EVENTS, 0, 0], random.Random(options.seed), 1)[1]

    with fleet.running():
        worker.moonrail.answer(*scenario.sending(path))
        worker.moonrail.run_until_idle(COMMAND_SECONDS)
        untouched = differences()
        if untouched.count:
            raise Failure("selftest: an untouched stream differs: %s" % untouched.first)
        client = NATSClient([fleet.cluster.brokers[0].port])
        last = client.last_sequence(STREAM)
        double(client, last)
        if not differences().count:
            raise Failure("selftest: nobody notices that an effect counts twice")
        for sequence in (last + 1, last):
            delete(client, sequence)
        if not differences().count:
            raise Failure("selftest: nobody notices that an effect is gone")
        client.close()
    shutil.rmtree(directory)
    report.say("selftest: noticed that an effect counts twice, that an effect is gone")


def double(client, sequence):
    """Appends a message once more, under an id of its own."""
    [message] = client.messages(STREAM, sequence, 1)
    headers = re.sub(rb"(Nats-Msg-Id|ce-id): (\S)\S", rb"\1: \2x", message["hdrs"])
    if "seq" not in (client.ask(message["subject"], headers + message["data"]) or {}):
        raise Failure("selftest: %s takes no message" % STREAM)


def delete(client, sequence):
    answer = client.ask("$JS.API.STREAM.MSG.DELETE." + STREAM, {"seq": sequence})
    if not (answer or {}).get("success"):
        raise Failure("selftest: message %d of %s can't be deleted" % (sequence, STREAM))
