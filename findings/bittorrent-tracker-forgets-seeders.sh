#!/bin/sh
# The tracker of bittorrent-tracker knows at most 1,000 peers of a torrent. Who announced longest ago is forgotten when
# another announces, as if it had left: it is told to nobody any more, and `complete` and `incomplete` of announces and
# scrapes, and the statistics of the tracker, no longer count it. In a swarm whose seeders came first these are the first to
# go, long before they are due again (the tracker itself asks for an announce each ten minutes), and nothing tells that a
# limit was reached. So a swarm of more than a thousand looks as if nobody had the file.
#
# 1,500 peers announce once, one after the other, of which the first 200 are seeders; then somebody asks:
#
#     after 1000: complete 200, incomplete 800
#     after 1500: complete 0, incomplete 1000
#     after 1500 with peersCacheLength 10000: complete 200, incomplete 1300
#
# Seen with bittorrent-tracker 11.2.3 on Node 20. Neither its README nor the options of its command name the limit. By
# BEP 48, `complete` is the number of active peers that have completed downloading. What helps: a server that is made by
# `new Server({ peersCacheLength })` with more than the largest swarm has.
#
# Needs node and npm. Fails when the behaviour is another.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "private": true, "type": "module" }' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts bittorrent-tracker@11.2.3

cat >forgets.js <<'JS'
import Server from 'bittorrent-tracker/server';
import { once } from 'node:events';
import { Agent, get } from 'node:http';

const SEEDERS = 200;
const TORRENT = 'a'.repeat(20);
const agent = new Agent({ keepAlive: true });

async function ask(server, path) {
  const request = get({ port: server.http.address().port, host: '127.0.0.1', path, agent });
  const [response] = await once(request, 'response');
  let text = '';
  for await (const part of response.setEncoding('latin1')) text += part;
  return text;
}

/** What a scrape says after so many peers have announced. */
async function swarms(options, counts) {
  const server = new Server({ udp: false, ws: false, ...options });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const said = [];
  for (let peer = 1; peer <= counts.at(-1); peer++) {
    const left = peer <= SEEDERS ? 0 : 1_000_000;
    const name = `-XX0001-${String(peer).padStart(12, '0')}`;
    const figures = `port=${10_000 + peer}&uploaded=0&downloaded=0&left=${left}`;
    await ask(server, `/announce?info_hash=${TORRENT}&peer_id=${name}&${figures}&event=started&numwant=0&compact=1`);
    if (!counts.includes(peer)) continue;
    const scrape = await ask(server, `/scrape?info_hash=${TORRENT}`);
    const figure = (key) => new RegExp(`\\d+:${key}i(\\d+)e`).exec(scrape)[1];
    said.push(`complete ${figure('complete')}, incomplete ${figure('incomplete')}`);
  }
  server.close();
  return said;
}

const [small, large] = await swarms({}, [1000, 1500]);
const [roomy] = await swarms({ peersCacheLength: 10_000 }, [1500]);
console.log(`after 1000: ${small}`);
console.log(`after 1500: ${large}`);
console.log(`after 1500 with peersCacheLength 10000: ${roomy}`);
const seen = ['complete 200, incomplete 800', 'complete 0, incomplete 1000', 'complete 200, incomplete 1300'];
process.exit([small, large, roomy].every((said, at) => said === seen[at]) ? 0 : 1);
JS
node forgets.js
