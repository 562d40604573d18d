#!/usr/bin/env python3
"""A classic tracker, written straight from the specification: a thread a client, one recv is one message.

Traces every recv, so that a test can see whether messages arrived one by one and exactly as specified.
"""

from __future__ import annotations

import argparse
import socket
import threading
import time

from classic import listen, log_line, trace


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=5100, help="0 takes a free one, which is traced")
    parser.add_argument("--host", default="localhost", help="the address to listen on")
    parser.add_argument("--edition", choices=["plain", "hashed"], default="plain")
    parser.add_argument("--log", default="logs.log")
    parser.add_argument("--read", type=int, default=1024, help="bytes that one recv takes at most")
    parser.add_argument("--nap", type=float, default=0, help="seconds of sleep after each answer")
    parser.add_argument("--nap-before", type=float, default=0, help="seconds of sleep before each answer")
    parser.add_argument("--greeting", action="store_true", help="says welcome to who connects")
    parser.add_argument("--prefix", action="store_true", help="answers begin with P2PTracker,")
    parser.add_argument("--blanks", action="store_true", help="a blank after each comma")
    parser.add_argument("--trailing-comma", action="store_true")
    parser.add_argument("--odd-field", action="store_true", help="a host without a port ends the list")
    parser.add_argument("--glue", action="store_true", help="no comma between two holders")
    parser.add_argument("--twice", action="store_true", help="every answer is sent twice")
    parser.add_argument("--unknown-with-blanks", action="store_true", help="CHUNK LOCATION UNKNOWN")
    parser.add_argument("--strange-unknown", action="store_true", help="says NOBODY HAS IT instead")
    parser.add_argument("--keep-newline", action="store_true", help="hands out a port as it came")
    parser.add_argument("--mute-first", type=int, default=0, help="leaves so many questions unanswered")
    parser.add_argument("--drop-after", type=int, default=0, help="closes a connection after so many messages, once")
    return parser.parse_args()


class Tracker:
    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.lock = threading.Lock()
        # index as text -> [(hash or None, host, port as text)], oldest first
        self.check_list: "dict[str, list[tuple]]" = {}
        self.mute = options.mute_first
        self.dropped = False
        self.connections = 0

    def serve(self) -> None:
        listener = listen(self.options.port, self.options.host)
        trace("listening", port=listener.getsockname()[1])
        while True:
            connection, _ = listener.accept()
            self.connections += 1
            threading.Thread(target=self.talk, args=(connection, self.connections), daemon=True).start()

    def talk(self, connection: socket.socket, number: int) -> None:
        trace("connected", connection=number)
        if self.options.greeting:
            connection.sendall(b"Welcome to the P2P tracker\n")
        count = 0
        try:
            while True:
                data = connection.recv(self.options.read)
                if not data:
                    break
                text = data.decode("latin-1")
                trace("recv", connection=number, data=text)
                if not self.understand(connection, text):
                    break
                count += 1
                if self.options.drop_after and count >= self.options.drop_after and not self.dropped:
                    self.dropped = True
                    break
        except OSError as error:
            trace("broken", connection=number, detail=str(error))
        trace("closed", connection=number)
        connection.close()

    def understand(self, connection: socket.socket, text: str) -> bool:
        """Anything that is not exactly a message of this tracker's edition closes the connection."""
        fields = text.split(",")
        if not self.options.keep_newline:
            fields = [field.strip() if at > 1 else field for at, field in enumerate(fields)]
        if fields[0] == "LOCAL_CHUNKS" and len(fields) == (5 if self.options.edition == "hashed" else 4):
            digest = fields[2] if self.options.edition == "hashed" else None
            entry = (digest, fields[-2], fields[-1])
            with self.lock:
                holders = self.check_list.setdefault(fields[1], [])
                if entry not in holders:
                    holders.append(entry)
            return True
        if fields[0] == "WHERE_CHUNK" and len(fields) == 2:
            self.answer(connection, fields[1])
            return True
        trace("misread", data=text)
        return False

    def answer(self, connection: socket.socket, index: str) -> None:
        """Indices are compared as text: with a newline behind it none is ever found."""
        options = self.options
        if self.mute > 0:
            self.mute -= 1
            return
        time.sleep(options.nap_before)
        digest, holders = self.locate(index)
        if holders:
            middle = [digest] if digest else []
            fields = ["GET_CHUNK_FROM", index, *middle, *[f"{host},{port}" for host, port in holders]]
        elif options.strange_unknown:
            fields = ["NOBODY HAS IT"]
        elif options.unknown_with_blanks:
            fields = ["CHUNK LOCATION UNKNOWN", index]
        else:
            fields = ["CHUNK_LOCATION_UNKNOWN", index]
        log_line(options.log, "P2PTracker", *fields)
        text = self.dress(fields, len(holders))
        for _ in range(2 if options.twice else 1):
            connection.sendall(text.encode("latin-1"))
            trace("sent", data=text)
        time.sleep(options.nap)

    def locate(self, index: str) -> "tuple[str | None, list[tuple]]":
        with self.lock:
            holders = list(self.check_list.get(index, []))
        if self.options.edition == "plain":
            return None, [(host, port) for _, host, port in holders]
        for digest, _, _ in holders:
            agreeing = [(host, port) for other, host, port in holders if other == digest]
            if len(agreeing) >= 2:
                return digest, agreeing
        return None, []

    def dress(self, fields: "list[str]", holders: int) -> str:
        options = self.options
        if options.prefix:
            fields = ["P2PTracker", *fields]
        if options.glue and holders > 1:
            fields = [*fields[:-2], fields[-2] + fields[-1]]
        text = (", " if options.blanks else ",").join(fields)
        if options.odd_field and holders:
            text += ",localhost"
        if options.trailing_comma:
            text += ","
        return text


if __name__ == "__main__":
    Tracker(parse_arguments()).serve()
