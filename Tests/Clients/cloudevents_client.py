"""Sends events with the CloudEvents SDK over the API and reads them back: they must be equal.

cloudevents_client.py SOCKET  prints how many came out equal, or fails with what differs.
"""
import datetime
import http.client
import json
import socket
import sys

from cloudevents.core.bindings.http import (
    HTTPMessage, from_http_event, to_binary_event, to_structured_event)
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent

STATION = "/v1/stations/sdk/events"


class Connection(http.client.HTTPConnection):
    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(sys.argv[1])


def request(method, path, headers, body=None):
    connection = Connection("localhost")
    connection.request(method, path, body, headers)
    answer = connection.getresponse()
    text = answer.read()
    if answer.status >= 300:
        sys.exit("%s %s: %d %s" % (method, path, answer.status, text.decode()))
    connection.close()
    return text


def event(number, data, **attributes):
    return CloudEvent(
        {"type": "sdk.test", "source": "/sdk", "id": "event-%d" % number, **attributes}, data)


def sent():
    """Events, each with how it is sent."""
    json_type = {"datacontenttype": "application/json"}
    zone = datetime.timezone(datetime.timedelta(hours=5, minutes=30))
    time = datetime.datetime(2026, 1, 31, 8, 0, 0, 123456, zone)
    yield "structured", event(0, {"a": [1, 2.5, None, "\u00e9"]})
    yield "structured", event(1, {"b": True}, subject="s", partitionkey="k 1", **json_type)
    yield "structured", event(2, {"c": 1}, time=time)
    yield "structured", event(3, None, dataschema="https://example.org/schema")
    yield "structured", event(4, b"\x00\x01\xff", datacontenttype="image/png")
    yield "structured", event(5, "<a>\u00fc</a>", datacontenttype="text/xml")
    yield "binary", event(6, {"d": {}}, partitionkey="k2", time=time, **json_type)
    yield "binary", event(7, {"e": "no type is said"})
    yield "binary", event(8, "text", subject='100 % "\u20ac"', datacontenttype="text/plain")
    yield "binary", event(9, b"\xfe\xff", datacontenttype="application/octet-stream")
    yield "batch", event(10, {"f": "\u00fc"}, traceparent="00-0af7651916cd43dd-b7ad6b71-01")
    yield "batch", event(11, "a JSON string")


def send(mode, one):
    message = (to_binary_event if mode == "binary" else to_structured_event)(one)
    headers, body = message.headers, message.body
    if mode == "batch":
        headers, body = {"content-type": "application/cloudevents-batch+json"}, b"[" + body + b"]"
    request("POST", STATION, headers, body)


def parts(one):
    return one.get_attributes(), one.get_data()


def main():
    events = list(sent())
    for mode, one in events:
        send(mode, one)
    batch = json.loads(request(
        "GET", STATION, {"accept": "application/cloudevents-batch+json"}))
    read = [JSONFormat().read(CloudEvent, json.dumps(one)) for one in batch]
    lines = request("GET", STATION + "?format=cloudevents", {}).splitlines()
    structured = {"content-type": "application/cloudevents+json"}
    again = [from_http_event(HTTPMessage(structured, line)) for line in lines]
    for (mode, one), *others in zip(events, read, again, strict=True):
        for other in others:
            if parts(one) != parts(other):
                sys.exit("%s: sent %r, came out %r" % (mode, parts(one), parts(other)))
    print(len(events))


main()
