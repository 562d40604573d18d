#!/bin/sh
# Several connections ask a nats-server for one and the same stream at a time, with equal configurations, which is allowed:
# a stream that is there already, with the same configuration, is no error. While the first of them makes the stream,
# though, some of the others are refused by "subjects overlap with an existing stream" (10065): the stream that overlaps is
# the very one that they ask for. Asked again a moment later, each gets it.
#
# Seen with nats-server 2.9.10 (Debian 12), @nats-io/jetstream 3.3.1, @nats-io/kv 3.3.1 and @nats-io/transport-node 3.3.1 on
# Node 20. Sixteen connections ask for a new stream at once, then for a new bucket of keys, and so on until one of them is
# refused; how soon that is differs from run to run (the first to the hundreds):
#
#     streams: refused by 10065 at number ...; asked again: 0 of 16 refused
#     buckets: refused by 10065 at number ...; asked again: 0 of 16 refused
#
# What helps programs that start together, as the tasks of a batch job do: to ask again for some seconds where the error is
# this one.
#
# Needs node, npm and nats-server (apt-get install nats-server). Fails when the behaviour is another.
set -eu
command -v nats-server >/dev/null || { echo 'nats-server is not installed: apt-get install nats-server' >&2; exit 2; }
folder=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null; rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "private": true, "type": "module" }' >package.json
npm install --silent --no-audit --no-fund @nats-io/transport-node@3.3.1 @nats-io/jetstream@3.3.1 @nats-io/kv@3.3.1
nats-server --version
nats-server -js -sd "$folder/store" -a 127.0.0.1 -p 0 --ports_file_dir "$folder" >/dev/null 2>&1 &
server=$!
until ls "$folder"/nats-server_*.ports >/dev/null 2>&1; do sleep 0.1; done

cat >together.js <<'JS'
import { jetstreamManager } from '@nats-io/jetstream';
import { Kvm } from '@nats-io/kv';
import { connect } from '@nats-io/transport-node';

const CONNECTIONS = 16;
const NUMBERS_MAX = 3000;
const connections = await Promise.all(
  Array.from({ length: CONNECTIONS }, () => connect({ servers: process.argv[2] })),
);
const managers = await Promise.all(connections.map((nats) => jetstreamManager(nats)));

/** Codes of what was refused when all ask for the same at once. */
async function refused(ask, number) {
  const asked = await Promise.allSettled(connections.map((_, at) => ask(at, number)));
  return asked.filter(({ status }) => status === 'rejected').map(({ reason }) => reason.code);
}

const kinds = {
  streams: (at, number) => managers[at].streams.add({ name: `stream-${number}`, subjects: [`stream.${number}.>`] }),
  buckets: (at, number) => new Kvm(connections[at]).create(`bucket-${number}`, { storage: 'file' }),
};
let isAsSeen = true;
for (const [kind, ask] of Object.entries(kinds)) {
  let codes = [];
  let number = 0;
  while (codes.length === 0 && number < NUMBERS_MAX) codes = await refused(ask, ++number);
  const again = await refused(ask, number);
  const by = codes.length === 0 ? 'none refused until' : `refused by ${[...new Set(codes)].join(', ')} at`;
  console.log(`${kind}: ${by} number ${number}; asked again: ${again.length} of ${CONNECTIONS} refused`);
  isAsSeen &&= codes.length > 0 && codes.every((code) => code === 10065) && again.length === 0;
}
await Promise.all(connections.map((nats) => nats.close()));
process.exit(isAsSeen ? 0 : 1);
JS
port=$(sed -n 's/.*"nats":\["nats:\/\/127.0.0.1:\([0-9]*\)".*/\1/p' "$folder"/nats-server_*.ports)
node together.js "127.0.0.1:$port"
