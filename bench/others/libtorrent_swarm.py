"""One distribution by libtorrent over loopback, tuned for it: a seeder and leechers, each a session of this process.

Usage: libtorrent_swarm.py <file> <folder> <leechers> <bytes of a piece>
Prints one line of JSON: {"version": …, "ms": …}. The clock starts when all sessions listen and know the torrent, and
stops when the last leecher has all pieces verified and written.
"""

import hashlib
import json
import os
import sys
import time

import libtorrent as lt

LIMIT_S = 600

SETTINGS = {
    "enable_dht": False,
    "enable_lsd": False,
    "enable_upnp": False,
    "enable_natpmp": False,
    "enable_incoming_utp": False,
    "enable_outgoing_utp": False,
    "in_enc_policy": 2,
    "out_enc_policy": 2,
    "allow_multiple_connections_per_ip": True,
    "listen_interfaces": "127.0.0.1:0",
    "alert_mask": lt.alert.category_t.status_notification | lt.alert.category_t.error_notification,
    "unchoke_slots_limit": -1,
    "unchoke_interval": 1,
    "tick_interval": 50,
    "connections_limit": 200,
    "connection_speed": 500,
    "smooth_connects": False,
    "peer_turnover": 0,
    "max_out_request_queue": 1500,
    "max_allowed_in_request_queue": 2000,
    "send_buffer_watermark": 4 * 1024 * 1024,
    "send_buffer_low_watermark": 512 * 1024,
    "send_buffer_watermark_factor": 150,
    "request_queue_time": 3,
    "aio_threads": 2,
    "hashing_threads": 2,
    "suggest_mode": 1,
}


def torrent_of(path, piece_bytes):
    files = lt.file_storage()
    lt.add_files(files, path)
    torrent = lt.create_torrent(files, piece_bytes, lt.create_torrent.v1_only)
    lt.set_piece_hashes(torrent, os.path.dirname(path))
    return lt.torrent_info(torrent.generate())


def join(info, folder, is_seeder):
    session = lt.session(dict(SETTINGS))
    params = lt.add_torrent_params()
    params.ti = info
    params.save_path = folder
    params.flags = params.flags & ~lt.torrent_flags.auto_managed & ~lt.torrent_flags.paused
    if is_seeder:
        params.flags |= lt.torrent_flags.seed_mode
    return session, session.add_torrent(params)


def until(is_so, what):
    end = time.monotonic() + LIMIT_S
    while not is_so():
        if time.monotonic() > end:
            sys.exit(f"{what}: not within {LIMIT_S} s")
        time.sleep(0.002)


def digest(path):
    whole = hashlib.sha1()
    with open(path, "rb") as file:
        for piece in iter(lambda: file.read(1 << 20), b""):
            whole.update(piece)
    return whole.hexdigest()


def main():
    path, folder, leechers, piece_bytes = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    info = torrent_of(path, piece_bytes)
    folders = [os.path.join(folder, str(n)) for n in range(leechers)]
    for own in folders:
        os.makedirs(own)
    seeder = join(info, os.path.dirname(path), True)
    rim = [join(info, own, False) for own in folders]
    swarm = [seeder, *rim]
    until(lambda: all(session.listen_port() > 0 for session, _ in swarm), "listening")
    until(lambda: seeder[1].status().is_seeding, "seeding")
    until(lambda: all(handle.status().state == lt.torrent_status.downloading for _, handle in rim), "ready")
    ports = [session.listen_port() for session, _ in swarm]

    start = time.perf_counter()
    for at, (_, handle) in enumerate(rim, 1):
        for port in ports[:at]:
            handle.connect_peer(("127.0.0.1", port))
    finished = set()

    def all_finished():
        for at, (session, _) in enumerate(rim):
            for alert in session.pop_alerts():
                if isinstance(alert, lt.torrent_finished_alert):
                    finished.add(at)
                elif isinstance(alert, (lt.file_error_alert, lt.torrent_error_alert, lt.hash_failed_alert)):
                    sys.exit(alert.message())
        return len(finished) == leechers

    until(all_finished, "distribution")
    ms = (time.perf_counter() - start) * 1000
    for session, handle in rim:
        handle.flush_cache()
    expected = digest(path)
    until(
        lambda: all(digest(os.path.join(own, os.path.basename(path))) == expected for own in folders),
        "files on disk",
    )
    print(json.dumps({"version": lt.version, "ms": ms}))


main()
