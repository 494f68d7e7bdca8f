"""Lets programs that speak TCP alone reach a UNIX socket."""

import socket
import threading


def copy(source, target):
    """Passes on what comes until it ends, and then the end."""
    try:
        while data := source.recv(65536):
            target.sendall(data)
    except OSError:
        pass
    for way in (source, target):
        try:
            way.shutdown(socket.SHUT_WR if way is target else socket.SHUT_RD)
        except OSError:
            pass


def serve(listener, path):
    """Connects each client of the listener with the socket at the path."""
    while True:
        client, _ = listener.accept()
        server = socket.socket(socket.AF_UNIX)
        try:
            server.connect(path)
        except OSError:
            client.close()
            continue
        for ends in ((client, server), (server, client)):
            threading.Thread(target=copy, args=ends, daemon=True).start()


def start(path):
    """Relays in the background; answers with the port of 127.0.0.1."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=64)
    threading.Thread(target=serve, args=(listener, path), daemon=True).start()
    return listener.getsockname()[1]
