#!/usr/bin/env python3
"""Runs schemathesis over the API that is served on a UNIX socket.

Usage: fuzz.py SOCKET FOLDER SECONDS SEED. Backups are written into the folder. Fails when an answer
is a 5xx, has a status, media type or shape that /openapi.json does not tell of, or says another
Allow than the routes do. What makes requests is derived from the document alone.
"""

import os
import subprocess
import sys

import relay

CHECKS = [
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "unsupported_method",
    "allow_header_conformance",
]


def main():
    path, folder, seconds, seed = sys.argv[1:]
    url = f"http://127.0.0.1:{relay.start(path)}"
    here = os.path.dirname(os.path.abspath(__file__))
    environment = dict(
        os.environ, SCHEMATHESIS_HOOKS="hooks", PYTHONPATH=here, MOONRAIL_FUZZ_FOLDER=folder
    )
    command = [
        os.path.join(os.path.dirname(sys.executable), "schemathesis"), "run",
        url + "/openapi.json", "--url", url, "--checks", ",".join(CHECKS),
        # One worker: Python 3.11 parses sources in several threads at once with false errors.
        "--workers", "1",
        # It streams until the worker ends.
        "--exclude-path", "/v1/invocations",
        "--phases", "coverage,fuzzing", "--max-time", seconds, "--seed", seed,
        "--request-timeout", "10", "--continue-on-failure", "--no-color", "--no-shrink",
        "--generation-database", "none",
    ]
    result = subprocess.run(
        command, env=environment, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True)
    print(result.stdout)
    sys.exit(result.returncode)


if __name__ == "__main__":
    main()
