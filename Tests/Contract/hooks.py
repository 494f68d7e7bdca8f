"""What schemathesis must not do with a real worker on a real machine."""

import os
import re
import uuid

import schemathesis

# What there is, so that not every request is about something that there is not.
KNOWN = {"function": "f", "station": "raw"}
FOLDER = os.environ["MOONRAIL_FUZZ_FOLDER"]


@schemathesis.serializer("application/x-ndjson")
def lines(context, value):
    """A body of lines, one of which may be what was made up."""
    return b"{}\n" + (value if isinstance(value, bytes) else str(value).encode())


@schemathesis.hook
def before_call(context, case, kwargs):
    """Keeps files inside of the test's folder and reads from going on for ever, and names what
    there is in about half of the requests."""
    if case.operation.path == "/v1/store/backups" and isinstance(case.body, dict):
        if isinstance(case.body.get("file"), str) and case.body["file"].startswith("/"):
            case.body["file"] = f"{FOLDER}/{uuid.uuid4()}"
    for name, known in KNOWN.items():
        made_up = (case.path_parameters or {}).get(name)
        if isinstance(made_up, str) and len(made_up) % 2 == 1:
            case.path_parameters[name] = known
    if isinstance(case.query, dict) and case.query.get("follow") not in (None, False, "false"):
        case.query["follow"] = "false"
    if isinstance(case.query, dict) and re.fullmatch(r"\d+(ms|s|m|h|d)", str(
            case.query.get("wait"))):
        case.query["wait"] = "1ms"
