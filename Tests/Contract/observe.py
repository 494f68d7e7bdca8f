#!/usr/bin/env python3
"""Has a real Prometheus scrape a worker, with the example's alerts, and waits for one of them.

Usage: observe.py SOCKET FOLDER PROMETHEUS EXAMPLE ALERT FUNCTION. Fails when the alert does not
fire for the function within a minute, when an expression of the example's dashboard or alerts is no
PromQL, or names a metric that the worker does not have.
"""

import json
import os
import re
import socket
import subprocess
import sys
import time
import urllib.parse
import urllib.request

import relay

CONFIG = """
global: {{ scrape_interval: 1s, evaluation_interval: 1s }}
rule_files: ["{example}/alerts.yaml"]
scrape_configs:
  - job_name: moonrail
    static_configs: [{{ targets: ["127.0.0.1:{port}"] }}]
"""
# It appears with the first event of its kind.
RARE = {"moonrail_function_dead_letters_total"}


def free_port():
    """A port that nobody listens on just now."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def get(url, path, **query):
    """The data of an answer of Prometheus' API; None while it does not answer."""
    address = f"{url}/api/v1/{path}?{urllib.parse.urlencode(query)}"
    try:
        with urllib.request.urlopen(address) as answer:
            return json.load(answer)["data"]
    except OSError:
        return None


def is_firing(url, alert, function):
    """Whether the alert fires for the function."""
    alerts = (get(url, "alerts") or {"alerts": []})["alerts"]
    return any(
        a["state"] == "firing" and a["labels"]["alertname"] == alert
        and a["labels"].get("function") == function
        for a in alerts)


def expressions(example, url):
    """Those of the dashboard and of the rules as Prometheus has read them."""
    with open(f"{example}/dashboard.json", encoding="utf-8") as file:
        panels = json.load(file)["panels"]
    for panel in panels:
        for target in panel["targets"]:
            yield target["expr"].replace("$function", ".*")
    for group in get(url, "rules")["groups"]:
        for rule in group["rules"]:
            yield rule["query"]


def check(example, url):
    """What is wrong with the expressions."""
    known = set(get(url, "label/__name__/values"))
    for expression in expressions(example, url):
        if get(url, "query", query=expression) is None:
            yield f"Prometheus does not take: {expression}"
        names = set(re.findall(r"\b(?:moonrail|process)_[a-z_]+", expression))
        for name in names - known - RARE:
            yield f"there is no {name}: {expression}"


def main():
    path, folder, prometheus, example, alert, function = sys.argv[1:]
    config = f"{folder}/prometheus.yaml"
    with open(config, "w", encoding="utf-8") as file:
        file.write(CONFIG.format(example=example, port=relay.start(path)))
    port = free_port()
    server = subprocess.Popen(
        [prometheus, f"--config.file={config}", f"--storage.tsdb.path={folder}/tsdb",
         f"--web.listen-address=127.0.0.1:{port}", "--log.level=error"])
    try:
        url = f"http://127.0.0.1:{port}"
        deadline = time.monotonic() + 60
        while not is_firing(url, alert, function):
            if time.monotonic() > deadline or server.poll() is not None:
                sys.exit(f"{alert} does not fire: {get(url, 'alerts')}; {get(url, 'targets')}")
            time.sleep(0.2)
        mistakes = list(check(example, url))
        if mistakes:
            sys.exit("\n".join(mistakes))
        print(f"{alert} fires for {function}")
    finally:
        server.terminate()
        server.wait()


if __name__ == "__main__":
    main()
