"""A receiver of webhooks for tests: answers as its script says, and notes what it was sent.

receiver.py NOTES ANSWER...  listens on a free port of 127.0.0.1 and prints it. Each request takes
the next ANSWER; the last one stands for all that follow: a status, `hang`, `close`, or
`301:LOCATION`. A line of JSON for each request is appended to NOTES.
"""
import http.server
import json
import sys
import threading
import time

import parent

notes, answers = sys.argv[1], sys.argv[2:]
lock = threading.Lock()


def next_answer():
    with lock:
        return answers.pop(0) if len(answers) > 1 else answers[0]


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        note = {"path": self.path, "headers": {k.lower(): v for k, v in self.headers.items()},
                "body": body.decode()}
        with lock, open(notes, "a") as file:
            file.write(json.dumps(note) + "\n")
        answer = next_answer()
        if answer == "hang":
            time.sleep(60)
        if answer in ("hang", "close"):
            self.close_connection = True
            return
        status, _, location = answer.partition(":")
        self.send_response(int(status))
        if location:
            self.send_header("location", location)
        self.send_header("content-length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, *arguments):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
server.daemon_threads = True
parent.end_with_parent()
print(server.server_address[1], flush=True)
server.serve_forever()
