"""What the scripted counterparts share: folders, logs, and a trace of every read as lines of JSON on stdout.

Standard library only, Python 3.8 or newer. These programs know the classic specification and nothing of this
project; each flag of theirs is one way in which programs found in the wild misbehave.
"""

from __future__ import annotations

import hashlib
import json
import os
import socket
import sys
import threading
import time

_stdout_lock = threading.Lock()


def trace(event: str, **fields: object) -> None:
    """One line of JSON; `t` is in seconds on a monotonic clock."""
    line = json.dumps({"t": round(time.monotonic(), 4), "event": event, **fields})
    with _stdout_lock:
        sys.stdout.write(line + "\n")
        sys.stdout.flush()


def log_line(path: str, *fields: object) -> None:
    """Appends to logs.log, one write a line."""
    with open(path, "a") as log:
        log.write(",".join(str(field) for field in fields) + "\n")


def listen(port: int, host: str = "localhost") -> socket.socket:
    """Listens with address reuse; port 0 takes a free one."""
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((host, port))
    listener.listen(64)
    return listener


def sha1(content: bytes) -> str:
    return hashlib.sha1(content).hexdigest()


def read_folder(folder: str) -> "tuple[dict[int, str], int]":
    """The names of the chunks that local_chunks.txt lists, by index, and the total."""
    names = {}
    total = 0
    with open(os.path.join(folder, "local_chunks.txt")) as lines:
        for line in lines:
            if not line.strip():
                continue
            number, name = [field.strip() for field in line.split(",")]
            if name == "LASTCHUNK":
                total = int(number)
            else:
                names[int(number)] = name
    return names, total
