"""The reference job as a bytewax dataflow, from file BYTEWAX_INPUT to file BYTEWAX_OUTPUT."""
import math
import os
from pathlib import Path

import bytewax.operators as operators
import orjson
from bytewax.connectors.files import FileSink, FileSource
from bytewax.dataflow import Dataflow

LINES_A_TURN = 1000


def to_celsius(line):
    event = orjson.loads(line)
    fahrenheit = event["temp_f"]
    if fahrenheit < 60:
        return None
    del event["temp_f"]
    event["temp_c"] = math.floor((fahrenheit - 32) * 500 / 9 + 0.5) / 100
    event["scale"] = "C"
    # The sink wants a key; one for all keeps the order.
    return "all", orjson.dumps(event).decode()


flow = Dataflow("celsius")
lines = operators.input(
    "in", flow, FileSource(Path(os.environ["BYTEWAX_INPUT"]), batch_size=LINES_A_TURN))
celsius = operators.filter_map("celsius", lines, to_celsius)
operators.output("out", celsius, FileSink(Path(os.environ["BYTEWAX_OUTPUT"])))
