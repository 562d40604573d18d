#!/usr/bin/env python3
"""A classic client, written straight from the specification: announces, asks, downloads, serves, logs.

One recv from the tracker is one answer. Traces `listening`, `announced`, `answer`, `received`, `complete`.
"""

from __future__ import annotations

import argparse
import os
import random
import socket
import threading
import time

from classic import listen, log_line, read_folder, sha1, trace


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-folder", required=True)
    parser.add_argument("-transfer_port", type=int, default=0, help="0 takes a free one, which is traced")
    parser.add_argument("-name", required=True)
    parser.add_argument("--tracker-port", type=int, default=5100)
    parser.add_argument("--host", default="localhost", help="of the tracker, and where this client listens")
    parser.add_argument("--ipv4-only", action="store_true", help="dials by sockets that know nothing else")
    parser.add_argument("--edition", choices=["plain", "hashed"], default="plain")
    parser.add_argument("--log", default="logs.log")
    parser.add_argument("--pause", type=float, default=1.0, help="seconds between two messages")

    tracker = parser.add_argument_group("towards the tracker")
    tracker.add_argument("--busy", action="store_true", help="asks without any pause")
    tracker.add_argument("--newline", action="store_true", help="messages end with a newline")
    tracker.add_argument("--batch", action="store_true", help="all announcements in one write, a newline between")
    tracker.add_argument("--glue", action="store_true", help="all announcements in one write, nothing between")
    tracker.add_argument("--numeric", action="store_true", help="says 127.0.0.1 for localhost")
    tracker.add_argument("--connection-per-question", action="store_true")
    tracker.add_argument("--close-when-complete", action="store_true", help="but goes on serving")
    tracker.add_argument("--keep-secret", action="store_true", help="never announces what it has downloaded")
    tracker.add_argument("--ask-first", action="store_true", help="asks for a chunk before it registers")
    tracker.add_argument("--exit-when-complete", action="store_true", help="is gone as soon as it has everything")
    tracker.add_argument("--wrong-hash", action="store_true", help="announces hashes that its chunks do not have")

    requests = parser.add_argument_group("as one who requests")
    requests.add_argument("--request-suffix", default="", help="behind REQUEST_CHUNK,<i>; \\n is a newline")
    requests.add_argument("--request-in-pieces", action="store_true")
    requests.add_argument("--late-read", type=float, default=0, help="seconds before it reads a chunk")
    requests.add_argument("--half-close", action="store_true", help="closes its side once it has asked")
    requests.add_argument("--die-when-refused", action="store_true")
    requests.add_argument("--first-holder", action="store_true", help="asks only the first holder that is listed")
    requests.add_argument("--keep-list", action="store_true", help="never adds to local_chunks.txt")

    serving = parser.add_argument_group("as one who serves")
    serving.add_argument("--slow", type=int, default=0, help="bytes a second")
    serving.add_argument("--wait", type=float, default=0, help="seconds before the first byte")
    serving.add_argument("--one-at-a-time", action="store_true")
    serving.add_argument("--length-prefix", action="store_true", help="four bytes of length before the chunk")
    serving.add_argument("--wrong-content", action="store_true")
    serving.add_argument("--not-found-text", action="store_true", help="answers CHUNK_NOT_FOUND to every request")
    serving.add_argument("--never-close", action="store_true", help="leaves connections open after the chunk")
    serving.add_argument("--vanish", action="store_true", help="dies in the middle of the first chunk it serves")
    return parser.parse_args()


class Client:
    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.names, self.total = read_folder(options.folder)
        self.tracker: "socket.socket | None" = None
        self.kept_open: "list[socket.socket]" = []
        self.listener = listen(options.transfer_port, options.host)
        self.port = self.listener.getsockname()[1]

    def run(self) -> None:
        trace("listening", port=self.port)
        threading.Thread(target=self.accept, daemon=True).start()
        self.connect()
        if self.options.ask_first:
            self.ask(min(set(range(1, self.total + 1)) - set(self.names), default=1))
            time.sleep(self.options.pause)
        self.announce_all()
        while len(self.names) < self.total:
            for index in range(1, self.total + 1):
                if index not in self.names:
                    self.obtain(index)
                    if not self.options.busy:
                        time.sleep(self.options.pause)
        trace("complete")
        if self.options.exit_when_complete:
            return
        if self.options.close_when_complete:
            self.tracker.close()
        threading.Event().wait()

    # towards the tracker

    def connect(self) -> None:
        self.tracker = self.dial(self.options.host, self.options.tracker_port)

    def dial(self, host: str, port: int) -> socket.socket:
        if not self.options.ipv4_only:
            return socket.create_connection((host, port))
        connection = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        connection.connect((host, port))
        return connection

    def send(self, text: str) -> None:
        self.tracker.sendall((text + ("\n" if self.options.newline else "")).encode())

    def announcement(self, index: int) -> str:
        host = "127.0.0.1" if self.options.numeric else self.options.host
        digest = []
        if self.options.edition == "hashed":
            digest = [sha1(self.content(index) + (b"!" if self.options.wrong_hash else b""))]
        fields = ["LOCAL_CHUNKS", index, *digest, host, self.port]
        log_line(self.options.log, self.options.name, *fields)
        return ",".join(str(field) for field in fields)

    def announce_all(self) -> None:
        announcements = [self.announcement(index) for index in sorted(self.names)]
        if self.options.batch or self.options.glue:
            announcements = [("\n" if self.options.batch else "").join(announcements)]
        for text in filter(None, announcements):
            self.send(text)
            time.sleep(self.options.pause)
        trace("announced")

    def ask(self, index: int) -> "list[str]":
        if self.options.connection_per_question:
            self.tracker.close()
            self.connect()
        log_line(self.options.log, self.options.name, "WHERE_CHUNK", index)
        self.send(f"WHERE_CHUNK,{index}")
        answer = self.tracker.recv(1024).decode()
        trace("answer", data=answer)
        if answer == "":
            raise SystemExit("the tracker closed the connection")
        return answer.split(",")

    # as one who requests

    def obtain(self, index: int) -> None:
        fields = self.ask(index)
        if fields[0] != "GET_CHUNK_FROM":
            return
        digest = fields[2] if self.options.edition == "hashed" else None
        places = fields[3:] if digest else fields[2:]
        holders = [(places[at], int(places[at + 1])) for at in range(0, len(places), 2)]
        host, port = holders[0] if self.options.first_holder else random.choice(holders)
        try:
            content = self.request(index, host, port)
        except OSError as error:
            if self.options.die_when_refused:
                raise SystemExit(f"died: {error}")
            return
        if content == b"" or (digest and sha1(content) != digest):
            trace("bad", index=index, port=port, bytes=len(content))
            return
        with open(os.path.join(self.options.folder, f"chunk_{index}"), "wb") as file:
            file.write(content)
        self.names[index] = f"chunk_{index}"
        if not self.options.keep_list:
            self.write_list()
        trace("received", index=index, port=port, bytes=len(content))
        if not self.options.keep_secret:
            time.sleep(0 if self.options.busy else self.options.pause)
            self.send(self.announcement(index))
            if self.options.busy:
                # What follows at once would be glued to it.
                time.sleep(0.01)

    def request(self, index: int, host: str, port: int) -> bytes:
        log_line(self.options.log, self.options.name, "REQUEST_CHUNK", index, host, port)
        text = f"REQUEST_CHUNK,{index}" + self.options.request_suffix.replace("\\n", "\n")
        with self.dial(host, port) as connection:
            if self.options.request_in_pieces:
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                for letter in text:
                    connection.sendall(letter.encode())
                    time.sleep(0.002)
            else:
                connection.sendall(text.encode())
            if self.options.half_close:
                connection.shutdown(socket.SHUT_WR)
            time.sleep(self.options.late_read)
            blocks = []
            while True:
                block = connection.recv(4096)
                if not block:
                    return b"".join(blocks)
                blocks.append(block)

    def write_list(self) -> None:
        lines = [f"{index},{self.names[index]}\n" for index in sorted(self.names)]
        with open(os.path.join(self.options.folder, "local_chunks.txt"), "w") as file:
            file.write("".join(lines) + f"{self.total},LASTCHUNK\n")

    # as one who serves

    def content(self, index: int) -> bytes:
        with open(os.path.join(self.options.folder, self.names[index]), "rb") as file:
            return file.read()

    def accept(self) -> None:
        while True:
            connection, _ = self.listener.accept()
            if self.options.one_at_a_time:
                self.serve(connection)
            else:
                threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def serve(self, connection: socket.socket) -> None:
        request = connection.recv(1024).decode("latin-1")
        trace("request", data=request)
        try:
            self.send_chunk(connection, int(request.split(",")[1]))
        except OSError as error:
            trace("broken", detail=str(error))
        except (IndexError, KeyError, ValueError) as error:
            # What a stranger cannot read, or does not hold, is the end of it.
            trace("crashed", data=request, detail=repr(error))
            os._exit(1)
        if self.options.never_close:
            self.kept_open.append(connection)
        else:
            connection.close()

    def send_chunk(self, connection: socket.socket, index: int) -> None:
        content = self.content(index)
        if self.options.not_found_text:
            content = b"CHUNK_NOT_FOUND"
        if self.options.wrong_content:
            content = bytes(byte ^ 0xFF for byte in content)
        if self.options.length_prefix:
            content = len(content).to_bytes(4, "big") + content
        time.sleep(self.options.wait)
        if self.options.vanish:
            connection.sendall(content[: len(content) // 2])
            trace("vanished")
            os._exit(0)
        if self.options.slow:
            for at in range(0, len(content), self.options.slow // 4):
                connection.sendall(content[at : at + self.options.slow // 4])
                time.sleep(0.25)
        else:
            connection.sendall(content)
        trace("served", index=index)


if __name__ == "__main__":
    Client(parse_arguments()).run()
