"""A socket of pyzmq does what is called for on stdin; the answers are on stdout.

How calls and answers look is told in envelope.ts.
"""

import json
import sys
import threading

import zmq

OPTIONS = {
    "curvePublicKey": zmq.CURVE_PUBLICKEY,
    "curveSecretKey": zmq.CURVE_SECRETKEY,
    "curveServer": zmq.CURVE_SERVER,
    "curveServerKey": zmq.CURVE_SERVERKEY,
    "heartbeatInterval": zmq.HEARTBEAT_IVL,
    "heartbeatTimeout": zmq.HEARTBEAT_TIMEOUT,
    "heartbeatTimeToLive": zmq.HEARTBEAT_TTL,
    "linger": zmq.LINGER,
    "plainPassword": zmq.PLAIN_PASSWORD,
    "plainServer": zmq.PLAIN_SERVER,
    "plainUsername": zmq.PLAIN_USERNAME,
    "receiveTimeout": zmq.RCVTIMEO,
    "routingId": zmq.ROUTING_ID,
    "sendHighWaterMark": zmq.SNDHWM,
    "sendTimeout": zmq.SNDTIMEO,
    "zapDomain": zmq.ZAP_DOMAIN,
}

context = zmq.Context()
admitted = set()


def answer_zap(handler):
    """Lets in whose password or key is admitted, and nobody in one domain. See RFC 27/ZAP."""
    while True:
        request = handler.recv_multipart()
        version, request_id, domain = request[:3]
        credentials = request[6:]
        is_known = not credentials or credentials[-1] in admitted
        status = b"200" if is_known and domain != b"refused" else b"400"
        # Without a user id: a REQ that is the server takes one for the peer's mistake, and closes.
        handler.send_multipart([version, request_id, status, b"", b"", b""])


def set_option(socket, name, value):
    if isinstance(value, str):
        socket.setsockopt(OPTIONS[name], value.encode())
    else:
        socket.setsockopt(OPTIONS[name], int(value))


class Peer:
    """One socket at a time."""

    def __init__(self):
        self.socket = None

    def version(self):
        return {"binding": f"pyzmq {zmq.__version__}", "libzmq": zmq.zmq_version()}

    def open(self, type_name, options):
        self.socket = context.socket(getattr(zmq, type_name))
        for name, value in options.items():
            set_option(self.socket, name, value)

    def bind(self, endpoint):
        self.socket.bind(endpoint)
        return self.socket.getsockopt(zmq.LAST_ENDPOINT).decode()

    def connect(self, endpoint, routing_id=None):
        if routing_id is not None:
            self.socket.setsockopt(zmq.CONNECT_ROUTING_ID, routing_id.encode())
        self.socket.connect(endpoint)

    def subscribe(self, topic):
        self.socket.setsockopt(zmq.SUBSCRIBE, topic.encode())

    def unsubscribe(self, topic):
        self.socket.setsockopt(zmq.UNSUBSCRIBE, topic.encode())

    def close(self):
        self.socket.close()


def perform(peer, call, arguments, frames):
    """Gives the head of the answer, and its frames."""
    result = None
    try:
        if call == "receive":
            return {}, peer.socket.recv_multipart()
        if call == "send":
            peer.socket.send_multipart(frames)
        elif call == "admit":
            admitted.update(frames)
        else:
            result = getattr(peer, call)(*arguments)
    except zmq.ZMQError as error:
        return {"error": str(error)}, []
    return {"result": result}, []


def main():
    handler = context.socket(zmq.REP)
    handler.bind("inproc://zeromq.zap.01")
    threading.Thread(target=answer_zap, args=[handler], daemon=True).start()
    peer = Peer()
    stdin, stdout = sys.stdin.buffer, sys.stdout.buffer
    while size := stdin.read(4):
        head = json.loads(stdin.read(int.from_bytes(size, "big")))
        frames = [stdin.read(length) for length in head["lengths"]]
        answer, parts = perform(peer, head["call"], head["arguments"], frames)
        json_bytes = json.dumps({**answer, "lengths": [len(part) for part in parts]}).encode()
        stdout.write(len(json_bytes).to_bytes(4, "big") + json_bytes)
        for part in parts:
            stdout.write(part)
        stdout.flush()


main()
