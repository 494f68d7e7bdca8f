"""Lets a browser reach the API, which is served on a UNIX socket, in tests.

relay.py SOCKET PAGE NOTES BROWSER...  listens on a free port of 127.0.0.1 and prints it. It serves
PAGE at `/` and appends what is posted to `/note` to NOTES, a line each; whatever else is asked is
passed on to SOCKET as it is. The browser is started with the page, and ends with the relay: as a
child of the test it would hold what the test knows of its children's ends by.
"""
import os
import signal
import socket
import socketserver
import subprocess
import sys
import threading

import parent

path, page, notes, *command = sys.argv[1:]
lock = threading.Lock()


def head_of(connection):
    head = b""
    while b"\r\n\r\n" not in head:
        part = connection.recv(65536)
        if not part:
            return None, b""
        head += part
    head, _, rest = head.partition(b"\r\n\r\n")
    return head, rest


def pump(source, target):
    try:
        while part := source.recv(65536):
            target.sendall(part)
    except OSError:
        pass
    finally:
        for end in (source, target):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass


def length_of(head):
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    return 0


class Handler(socketserver.BaseRequestHandler):
    def handle(self):
        head, rest = head_of(self.request)
        if head is None:
            return
        target = head.split(b" ")[1]
        if target == b"/note":
            length = length_of(head)
            while len(rest) < length:
                rest += self.request.recv(65536)
            with lock, open(notes, "ab") as file:
                file.write(rest + b"\n")
            self.answer(b"204 No Content", b"")
        elif target in (b"/", b"/favicon.ico"):
            with open(page, "rb") as file:
                self.answer(b"200 OK", file.read())
        else:
            self.pass_on(head + b"\r\n\r\n" + rest)

    def answer(self, status, body):
        self.request.sendall(
            b"HTTP/1.1 %s\r\ncontent-type: text/html\r\ncontent-length: %d\r\n"
            b"connection: close\r\n\r\n%s" % (status, len(body), body))

    def pass_on(self, request):
        with socket.socket(socket.AF_UNIX) as api:
            try:
                api.connect(path)
            except OSError:
                return
            api.sendall(request)
            back = threading.Thread(target=pump, args=(api, self.request))
            back.start()
            pump(self.request, api)
            back.join()


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True


with Server(("127.0.0.1", 0), Handler) as server:
    port = server.server_address[1]
    browser = subprocess.Popen(
        command + ["http://127.0.0.1:%d/" % port], stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)

    def end(*_):
        os.killpg(browser.pid, signal.SIGKILL)
        os._exit(0)

    signal.signal(signal.SIGTERM, end)
    parent.end_with_parent(end)
    print(port, flush=True)
    server.serve_forever()
