"""nats_client.py URL PREFIX: a client of NATS that knows nothing of Moonrail, beside one that does.

Publishes plain messages into partition 0 of station `plain`, and prints what it reads from station
`readings`: each message's id, key, type and payload, as JSON.
"""
import asyncio
import json
import sys

import nats


async def publish(stream, subject):
    await stream.publish(subject, b'{"n":1}')
    await stream.publish(subject, b'{"n":2}', headers={"Nats-Msg-Id": "two"})
    again = await stream.publish(subject, b'{"n":2}', headers={"Nats-Msg-Id": "two"})
    assert again.duplicate, again
    headers = {
        "Nats-Msg-Id": "order%203", "ce-specversion": "1.0", "ce-id": "3", "ce-type": "order.paid",
        "ce-source": "/shop", "ce-partitionkey": "k%C3%A4", "ce-time": "2026-01-31T08:00:00Z",
        "X-Team": "blue",
    }
    await stream.publish(subject, b"not json", headers=headers)


async def read(stream, subject):
    messages = await stream.subscribe(subject, ordered_consumer=True)
    while True:
        try:
            message = await messages.next_msg(timeout=2)
        except asyncio.TimeoutError:
            return
        headers = message.headers or {}
        print(json.dumps({
            "id": headers.get("Nats-Msg-Id"), "key": headers.get("ce-partitionkey"),
            "type": headers.get("ce-type"), "source": headers.get("ce-source"),
            "data": message.data.decode(),
        }))


async def main():
    url, prefix = sys.argv[1:]
    connection = await nats.connect(url)
    stream = connection.jetstream()
    await publish(stream, prefix + ".plain.0")
    await read(stream, prefix + ".readings.0")
    await connection.close()


asyncio.run(main())
