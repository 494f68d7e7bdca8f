"""As much of a NATS client as asking JetStream takes; it shares nothing with Moonrail's."""
import base64
import json
import socket
import time

CONNECT = json.dumps({"verbose": False, "pedantic": False, "lang": "python", "version": "0",
                      "name": "chaos", "headers": True, "no_responders": True})
ANSWER_SECONDS = 1


class NATSClient:
    """A connection to any of several servers, which is made anew when it breaks."""

    def __init__(self, ports):
        self.ports = list(ports)
        self.socket = None
        self.file = None
        self.asked = 0

    def close(self):
        if self.socket is not None:
            self.file.close()
            self.socket.close()
            self.socket = None

    def connect(self):
        if self.socket is not None:
            return
        # Another one next time.
        self.ports.append(self.ports.pop(0))
        self.socket = socket.create_connection(("127.0.0.1", self.ports[0]), ANSWER_SECONDS)
        self.file = self.socket.makefile("rb")
        self.line()
        self.socket.sendall(b"CONNECT %s\r\nSUB chaos.inbox.* 1\r\n" % CONNECT.encode())

    def line(self):
        line = self.file.readline()
        if not line:
            raise ConnectionError("the server closed the connection")
        return line.split()

    def ask(self, subject, question):
        """The answer to a JSON question, or to a message with headers (bytes); None for none."""
        return self.ask_all(subject, [question])[0]

    def ask_all(self, subject, questions):
        """Asks all at once; the answer to each, None for none."""
        answers = {}
        replies = [b"chaos.inbox.%d" % (self.asked + number) for number in range(len(questions))]
        self.asked += len(questions)
        try:
            self.connect()
            self.socket.sendall(b"".join(
                message(subject, reply, question)
                for reply, question in zip(replies, questions)))
            deadline = time.monotonic() + ANSWER_SECONDS
            while len(answers) < len(questions) and time.monotonic() < deadline:
                self.take(answers)
        except OSError:
            self.close()
        return [answers.get(reply) for reply in replies]

    def take(self, answers):
        """Takes what the server sends next."""
        words = self.line()
        if words[0] == b"PING":
            self.socket.sendall(b"PONG\r\n")
        elif words[0] in (b"MSG", b"HMSG"):
            payload = self.file.read(int(words[-1]) + 2)[:-2]
            # What has headers says that nobody is there to answer.
            answers[words[1]] = json.loads(payload) if words[0] == b"MSG" else None

    def messages(self, stream, first, count):
        """So many messages of a stream at most, from a sequence number on, which has no gaps; with
        headers and payload as bytes. Fewer when there are no more, or nobody answers now."""
        messages = []
        for answer in self.ask_all("$JS.API.STREAM.MSG.GET." + stream,
                                   [{"seq": first + number} for number in range(count)]):
            if answer is None or "message" not in answer:
                break
            message = answer["message"]
            for name in ("hdrs", "data"):
                message[name] = base64.b64decode(message.get(name, ""))
            messages.append(message)
        return messages

    def last_sequence(self, stream):
        """Of a stream; None when nobody says so."""
        answer = self.ask("$JS.API.STREAM.INFO." + stream, {})
        return answer["state"]["last_seq"] if answer and "state" in answer else None


def message(subject, reply, question):
    """A question as it goes over the wire."""
    if isinstance(question, bytes):
        headers = question.index(b"\r\n\r\n") + 4
        head = b"HPUB %s %s %d %d" % (subject.encode(), reply, headers, len(question))
    else:
        question = json.dumps(question).encode()
        head = b"PUB %s %s %d" % (subject.encode(), reply, len(question))
    return head + b"\r\n" + question + b"\r\n"
