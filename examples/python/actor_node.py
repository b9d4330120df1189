"""A node of actors in Python, as docs/protocol.md describes it; the other programs import it.

Needs pyzmq and msgpack (Debian: python3-zmq python3-msgpack).
"""

import itertools
import secrets
import time

import msgpack
import zmq
from zmq.utils.monitor import recv_monitor_message

(HELLO, GOODBYE, ERROR, TELL, ASK, SEND, STREAM, REPLY, FAILURE, ITEM, END, CREDIT, CANCEL,
 WATCH, DOWN, SPAWN, STOP, PAUSE, RESUME) = range(19)


class Failed(Exception):
    """What an actor answered an ask with, if not with a value."""

    def __init__(self, error):
        super().__init__(f"{error['name']}: {error['message']}")
        self.code = error.get("code")


class Gone(Exception):
    """There has been no connection for too long."""


class Node:
    """Calls actors of another node, and serves as actors: objects whose methods may be called.

    One socket, one thread: what others ask is answered while `ask` waits, and in `run`.
    """

    def __init__(self, actors=None, name="python"):
        self.actors = actors or {}
        self.name = name
        self.incarnation = secrets.token_hex(16)
        self.ticket = ""
        self.peer = None  # the routing id of the other side, for a ROUTER
        self.ids = itertools.count(1)
        self.answers = {}
        self.asked = {}
        self.greeted = False
        self.lost_at = None  # since when there is no connection
        self.poller = zmq.Poller()

    def connect(self, endpoint, gone_after=5.0):
        """Connects, again and again if need be; returns when the other side has said hello.

        Without a connection for so many seconds it is gone.
        """
        self.gone_after = gone_after
        self.socket = zmq.Context.instance().socket(zmq.DEALER)
        self.socket.heartbeat_ivl = 1000
        self.socket.heartbeat_timeout = 3000
        self.poller.register(self.socket, zmq.POLLIN)
        # A socket connects again by itself; each connection begins with a hello.
        events = zmq.EVENT_HANDSHAKE_SUCCEEDED | zmq.EVENT_DISCONNECTED
        self.connected = self.socket.get_monitor_socket(events)
        self.poller.register(self.connected, zmq.POLLIN)
        self.socket.connect(endpoint)
        while not self.greeted:
            self.receive()
        return self

    def listen(self, endpoint):
        """Serves whoever connected last."""
        self.socket = zmq.Context.instance().socket(zmq.ROUTER)
        self.poller.register(self.socket, zmq.POLLIN)
        self.connected = None
        self.socket.bind(endpoint)
        return self.socket.getsockopt_string(zmq.LAST_ENDPOINT)

    def ask(self, to, method, *arguments, timeout=5.0):
        """What the actor's handler returns. Raises Failed, TimeoutError, Gone."""
        deadline = time.monotonic() + timeout
        number = next(self.ids)
        self.asked[number] = [ASK, number, to, method, int(timeout * 1000), arguments]
        self.say(*self.asked[number])
        try:
            while number not in self.answers:
                left = deadline - time.monotonic()
                if left <= 0:
                    self.say(CANCEL, number)
                    raise TimeoutError(f"{to} did not answer {method}")
                self.receive(left)
        finally:
            del self.asked[number]
        kind, value = self.answers.pop(number)
        if kind == FAILURE:
            raise Failed(value)
        return value

    def tell(self, to, method, *arguments):
        """Says something that nobody answers."""
        self.say(TELL, to, method, arguments)

    def run(self):
        """Answers what others ask, until the other side is gone, or somebody stops it."""
        try:
            while True:
                self.receive()
        except Gone:
            pass

    def hello(self):
        self.say(HELLO, "ringpost", 1, {
            "node": self.incarnation,
            "name": self.name,
            "actors": list(self.actors),
            "maxBytes": 4 * 1024 * 1024,
            "plain": True,
            "ticket": self.ticket,
        })

    def say(self, *message):
        frame = msgpack.packb(message)
        self.socket.send_multipart([frame] if self.peer is None else [self.peer, frame])

    def receive(self, timeout=None):
        """Takes what comes next, if it comes in time."""
        if self.lost_at is not None:
            left = self.lost_at + self.gone_after - time.monotonic()
            if left <= 0:
                raise Gone("the other side is gone")
            timeout = left if timeout is None else min(left, timeout)
        ready = dict(self.poller.poll(None if timeout is None else timeout * 1000))
        if self.connected in ready:
            self.changed(recv_monitor_message(self.connected)["event"])
        if self.socket not in ready:
            return
        frames = self.socket.recv_multipart()
        if self.socket.type == zmq.ROUTER:
            self.peer = frames.pop(0)
        unpacker = msgpack.Unpacker()
        for frame in frames:
            unpacker.feed(frame)
        for message in unpacker:
            self.take(*message)

    def changed(self, event):
        if event == zmq.EVENT_DISCONNECTED:
            self.lost_at = self.lost_at or time.monotonic()
            return
        self.lost_at = None
        self.hello()
        for message in self.asked.values():
            self.say(*message)

    def take(self, kind, *fields):
        if kind == HELLO:
            self.ticket = fields[2].get("ticket", "")
            self.greeted = True
            if self.socket.type == zmq.ROUTER:
                self.hello()
        elif kind == GOODBYE and fields[0] != "ECLOSED":
            raise ConnectionError(": ".join(fields))
        elif kind == ERROR and fields[0] != "EDENIED":
            # Said before hello, what was denied is said again after it.
            raise ValueError(": ".join(fields))
        elif kind in (REPLY, FAILURE):
            number, value = fields
            if number in self.asked:
                self.answers[number] = kind, value
        elif kind == TELL:
            self.perform(*fields)
        elif kind in (ASK, SEND):
            number, to, method, _remaining, arguments = fields
            try:
                value = self.perform(to, method, arguments)
                self.say(REPLY, number, value if kind == ASK else None)
            except Exception as error:
                self.say(FAILURE, number, {
                    "name": type(error).__name__,
                    "message": str(error),
                    "code": getattr(error, "code", None) or "EPYTHON",
                    # Somebody has failed whom the handler had asked, not this actor.
                    "fields": {"isFromHandler": True} if isinstance(error, Failed) else {},
                })
        elif kind in (STREAM, SPAWN, STOP):
            self.say(FAILURE, fields[0], {
                "name": "ActorError", "message": "not in Python", "code": "EDENIED"})
        elif kind == WATCH and fields[1] not in self.actors:
            self.say(DOWN, fields[0], {"reason": "no such actor"})

    def perform(self, to, method, arguments):
        actor = self.actors.get(to)
        handler = None if method.startswith("_") else getattr(actor, method, None)
        if not callable(handler):
            error = LookupError(f"there is no {method} at {to}")
            error.code = "ENOACTOR" if actor is None else "ENOHANDLER"
            raise error
        return handler(*arguments)
