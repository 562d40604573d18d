#!/bin/sh
# A pull consumer of @nats-io/jetstream that is read by `consume({ max_messages: 1 })` is handed more than one message at a
# time once a message took longer to handle than the idle heartbeat allows for. Nobody reads while a message is handled,
# so no heartbeat is seen; each two of them that are missed ask for another message, and all of these questions are sent
# when the loop goes on. What waits in the client's buffer is then nobody else's to do, and its ack_wait runs.
#
# Seen with @nats-io/jetstream 3.3.1, @nats-io/transport-node 3.3.1, nats-server 2.9.10 (Debian 12), Node 20:
#
#     handled in 0.1 s: 1 handed out and not acknowledged
#     handled in 4.5 s: 7 or 8 handed out and not acknowledged
#
# With the defaults of the library (expires 30 s, heartbeat 15 s) the limit is half a minute a message. What helps: to stop
# the consumption before it is exceeded, and to begin another when the message is done.
#
# Needs node, npm and nats-server (apt-get install nats-server). Fails when the behaviour is another.
set -eu
command -v nats-server >/dev/null || { echo 'nats-server is not installed: apt-get install nats-server' >&2; exit 2; }
folder=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null; rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "private": true, "type": "module" }' >package.json
npm install --silent --no-audit --no-fund @nats-io/transport-node@3.3.1 @nats-io/jetstream@3.3.1
nats-server --version
nats-server -js -sd "$folder/store" -a 127.0.0.1 -p 0 --ports_file_dir "$folder" >/dev/null 2>&1 &
server=$!
until ls "$folder"/nats-server_*.ports >/dev/null 2>&1; do sleep 0.1; done

cat >consume.js <<'JS'
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { setTimeout as delay } from 'node:timers/promises';

const nats = await connect({ servers: process.argv[2] });
const manager = await jetstreamManager(nats);

/** Messages that are handed out and not acknowledged while the second one is handled. */
async function handedOut(name, firstTakesMs) {
  await manager.streams.add({ name, subjects: [`${name}.*`], retention: 'workqueue', storage: 'memory' });
  await manager.consumers.add(name, { durable_name: 'worker', ack_policy: 'explicit', ack_wait: 60e9 });
  for (let number = 1; number <= 20; number++) await jetstream(nats).publish(`${name}.${number}`);
  const worker = await jetstream(nats).consumers.get(name, 'worker');
  const messages = await worker.consume({ max_messages: 1, expires: 1000, idle_heartbeat: 500 });
  let isFirst = true;
  for await (const message of messages) {
    if (!isFirst) break;
    isFirst = false;
    await delay(firstTakesMs);
    await message.ackAck();
  }
  // What was asked for with the second one has come by then.
  await delay(500);
  return (await manager.consumers.info(name, 'worker')).num_ack_pending;
}

const fast = await handedOut('fast', 100);
console.log(`handled in 0.1 s: ${fast} handed out and not acknowledged`);
const slow = await handedOut('slow', 4500);
console.log(`handled in 4.5 s: ${slow} handed out and not acknowledged`);
await nats.close();
process.exitCode = fast === 1 && slow > 1 ? 0 : 1;
JS
port=$(sed -n 's/.*"nats":\["nats:\/\/127.0.0.1:\([0-9]*\)".*/\1/p' "$folder"/nats-server_*.ports)
node consume.js "127.0.0.1:$port"
