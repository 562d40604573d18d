"""A peer of the swarm protocol, written from docs/protocol.md alone. Standard library only.

It does what the page demands and no more: it serves whoever is interested, keeps three requests open with everybody
who unchokes it, and claims what it has.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import socket
import struct
import threading

from classic import listen, read_folder, trace

MAGIC = bytes.fromhex("89537761726d310a")
CHOKE, UNCHOKE, INTERESTED, NOT_INTERESTED, HAVE, BITFIELD, REQUEST, CHUNK, CANCEL = range(9)
REJECT, HANDSHAKE, ANNOUNCE, PEERS, KEEP_ALIVE, HAVE_MANY = 0x10, 0x20, 0x21, 0x22, 0x23, 0x24
NOT_HELD = 1
OPEN_REQUESTS = 3


class Wire:
    """Frames over a socket."""

    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection
        self.stream = connection.makefile("rb")
        self.sending = threading.Lock()

    def send(self, kind: int, payload: bytes = b"") -> None:
        with self.sending:
            self.connection.sendall(struct.pack(">IB", len(payload) + 1, kind) + payload)

    def greet(self, name: str, port: int, total: int) -> None:
        text = name.encode()
        self.connection.sendall(MAGIC)
        self.send(HANDSHAKE, struct.pack(">BHIB", 1, port, total, len(text)) + text)

    def greeted(self) -> "tuple[int, int]":
        """The other's port and total."""
        if self.exactly(8) != MAGIC:
            raise ConnectionError("no magic")
        kind, payload = self.frame()
        version, port, total, _length = struct.unpack_from(">BHIB", payload)
        if kind != HANDSHAKE or version != 1:
            raise ConnectionError("no handshake")
        return port, total

    def frame(self) -> "tuple[int, bytes]":
        length, kind = struct.unpack(">IB", self.exactly(5))
        return kind, self.exactly(length - 1)

    def exactly(self, count: int) -> bytes:
        data = self.stream.read(count)
        if data is None or len(data) < count:
            raise ConnectionError("the stream has ended")
        return data


class Neighbour:
    def __init__(self, wire: Wire) -> None:
        self.wire = wire
        self.holds: "set[int]" = set()
        self.unchoked = False
        self.interested = False
        self.parts: "dict[int, bytes]" = {}


class Stranger:
    def __init__(self, options: argparse.Namespace) -> None:
        self.name = options.name
        self.folder = options.folder
        names, self.total = read_folder(options.folder)
        self.chunks = {i: open(os.path.join(options.folder, name), "rb").read() for i, name in names.items()}
        self.agreed: "dict[int, tuple[int, bytes]]" = {}
        self.unclaimed = set(self.chunks)
        self.neighbours: "set[Neighbour]" = set()
        self.dialled: "set[tuple[str, int]]" = set()
        self.lock = threading.RLock()
        self.listener = listen(0)
        self.port = self.listener.getsockname()[1]
        self.tracker = Wire(socket.create_connection(("localhost", options.tracker_port)))

    def run(self) -> None:
        trace("listening", port=self.port)
        threading.Thread(target=self.accept, daemon=True).start()
        self.tracker.greet(self.name, self.port, self.total)
        self.tracker.greeted()
        self.announce(0)
        while True:
            kind, payload = self.tracker.frame()
            if kind == PEERS:
                self.learn(payload)

    def announce(self, event: int) -> None:
        with self.lock:
            claims = [
                struct.pack(">IQ", i, len(self.chunks[i])) + hashlib.sha1(self.chunks[i]).digest()
                for i in sorted(self.unclaimed)
            ]
            self.unclaimed.clear()
            bits = self.bits()
            head = struct.pack(">BBI", event, 50, len(bits)) + bits + struct.pack(">I", len(claims))
            self.tracker.send(ANNOUNCE, head + b"".join(claims))

    def bits(self) -> bytes:
        bits = bytearray((self.total + 7) // 8)
        for i in self.chunks:
            bits[(i - 1) >> 3] |= 0x80 >> ((i - 1) & 7)
        return bytes(bits)

    def learn(self, payload: bytes) -> None:
        _interval, count = struct.unpack_from(">IB", payload)
        at = 5
        for _ in range(count):
            flags, port, length = struct.unpack_from(">BHB", payload, at)
            host = payload[at + 4 : at + 4 + length].decode("ascii")
            at += 4 + length
            if flags & 2:
                at += 4 + struct.unpack_from(">I", payload, at)[0]
            if flags & 1 and (host, port) not in self.dialled:
                self.dialled.add((host, port))
                threading.Thread(target=self.dial, args=(host, port), daemon=True).start()
        (claims,) = struct.unpack_from(">I", payload, at)
        with self.lock:
            for first in range(at + 4, at + 4 + 32 * claims, 32):
                index, size = struct.unpack_from(">IQ", payload, first)
                self.agreed[index] = (size, payload[first + 12 : first + 32])
            self.request_more()

    def dial(self, host: str, port: int) -> None:
        try:
            wire = Wire(socket.create_connection((host, port)))
            wire.greet(self.name, self.port, self.total)
            wire.greeted()
            self.trade(wire)
        except OSError as error:
            trace("lost", detail=str(error))

    def accept(self) -> None:
        while True:
            connection, _address = self.listener.accept()
            threading.Thread(target=self.welcome, args=(Wire(connection),), daemon=True).start()

    def welcome(self, wire: Wire) -> None:
        try:
            if wire.connection.recv(1, socket.MSG_PEEK) != MAGIC[:1]:
                return self.serve_text(wire)
            wire.greeted()
            wire.greet(self.name, self.port, self.total)
            self.trade(wire)
        except OSError as error:
            trace("lost", detail=str(error))

    def trade(self, wire: Wire) -> None:
        neighbour = Neighbour(wire)
        with self.lock:
            self.neighbours.add(neighbour)
            wire.send(BITFIELD, self.bits())
        try:
            while True:
                kind, payload = wire.frame()
                with self.lock:
                    self.handle(neighbour, kind, payload)
        finally:
            with self.lock:
                self.neighbours.discard(neighbour)
                self.request_more()

    def handle(self, neighbour: Neighbour, kind: int, payload: bytes) -> None:
        wire = neighbour.wire
        if kind == BITFIELD:
            neighbour.holds = {i for i in range(1, self.total + 1) if payload[(i - 1) >> 3] & (0x80 >> ((i - 1) & 7))}
        elif kind == HAVE:
            neighbour.holds.add(struct.unpack(">I", payload)[0])
        elif kind == HAVE_MANY:
            neighbour.holds.update(index for (index,) in struct.iter_unpack(">I", payload))
        elif kind == INTERESTED:
            wire.send(UNCHOKE)
        elif kind in (CHOKE, UNCHOKE):
            neighbour.unchoked = kind == UNCHOKE
        elif kind == REQUEST:
            self.serve(wire, struct.unpack(">I", payload)[0])
        elif kind == REJECT:
            index, reason = struct.unpack(">IB", payload)
            trace("rejected", index=index, reason=reason)
            neighbour.parts.pop(index, None)
        elif kind == CHUNK:
            self.take(neighbour, payload)
        self.request_more()

    def serve(self, wire: Wire, index: int) -> None:
        content = self.chunks.get(index)
        if content is None:
            return wire.send(REJECT, struct.pack(">IB", index, NOT_HELD))
        for offset in range(0, len(content), 100):
            part = content[offset : offset + 100]
            wire.send(CHUNK, struct.pack(">IQQ", index, offset, len(content)) + part)
        trace("served", index=index)

    def serve_text(self, wire: Wire) -> None:
        """The tracker lists swarm peers to classic clients too."""
        with wire.connection:
            word, index = wire.connection.recv(100).decode("ascii").strip().split(",")[:2]
            if word == "REQUEST_CHUNK":
                with self.lock:
                    content = self.chunks.get(int(index), b"")
                wire.connection.sendall(content)
                trace("served", index=int(index))
            wire.stream.close()

    def take(self, neighbour: Neighbour, payload: bytes) -> None:
        index, offset, size = struct.unpack_from(">IQQ", payload)
        content = neighbour.parts[index] + payload[20:]
        if offset + len(payload) - 20 != len(content):
            raise ConnectionError("a gap in a chunk")
        neighbour.parts[index] = content
        if len(content) < size:
            return
        del neighbour.parts[index]
        if (size, hashlib.sha1(content).digest()) != self.agreed[index]:
            raise ConnectionError("not the agreed content")
        self.chunks[index] = content
        self.unclaimed.add(index)
        with open(os.path.join(self.folder, f"chunk_{index}"), "wb") as file:
            file.write(content)
        trace("got", index=index)
        for other in self.neighbours:
            other.wire.send(HAVE, struct.pack(">I", index))
        complete = len(self.chunks) == self.total
        self.announce(2 if complete else 1)
        if complete:
            trace("complete")

    def request_more(self) -> None:
        for neighbour in self.neighbours:
            under_way = {i for other in self.neighbours for i in other.parts}
            useful = sorted(i for i in neighbour.holds if i not in self.chunks and i in self.agreed)
            if bool(useful) != neighbour.interested:
                neighbour.interested = bool(useful)
                neighbour.wire.send(INTERESTED if useful else NOT_INTERESTED)
            for index in useful:
                if not neighbour.unchoked or len(neighbour.parts) >= OPEN_REQUESTS or index in under_way:
                    continue
                neighbour.parts[index] = b""
                neighbour.wire.send(REQUEST, struct.pack(">I", index))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("-folder", required=True)
    parser.add_argument("-name", required=True)
    parser.add_argument("--tracker-port", type=int, required=True)
    Stranger(parser.parse_args()).run()


main()
