/**
 * `node scripts/make-picture.mjs [file]`: draws docs/assets/swarm.png, the content of folders/. In the middle the
 * tracker, around it peers; the ring of each shows which of the file's twelve chunks it holds, in the colours of
 * the file at the bottom. Chunks fly only from a peer that holds them to one that lacks them.
 */
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Canvas, hsl, shade } from './canvas.mjs';

const WIDTH = 800;
const HEIGHT = 600;
const CHUNKS = 12;
const PEERS = 9;
const CENTRE = [WIDTH / 2, 262];

const random = generator(20);
const canvas = new Canvas(WIDTH, HEIGHT);
const chunkColour = (chunk) => hsl((chunk / CHUNKS + 0.53) % 1, 0.82, 0.62);
const peers = Array.from({ length: PEERS }, (_, number) => {
  const angle = ((number + 0.5) / PEERS) * 2 * Math.PI - Math.PI / 2;
  const held = new Set();
  // The first is a seeder; the others have come some of the way.
  const want = number === 0 ? CHUNKS : 2 + ((number * 5) % 8);
  while (held.size < want) held.add(number === 0 ? held.size : Math.floor(random() * CHUNKS));
  return {
    x: CENTRE[0] + 300 * Math.cos(angle),
    y: CENTRE[1] + 196 * Math.sin(angle),
    radius: number === 0 ? 30 : 22 + random() * 4,
    held,
    colour: number === 0 ? [0.98, 0.8, 0.42] : hsl(0.58 + random() * 0.12, 0.55, 0.56),
  };
});

const flying = [];

drawSky();
drawAnnounces();
drawTransfers();
peers.forEach(drawPeer);
drawTracker();
drawFile();

const root = dirname(dirname(fileURLToPath(import.meta.url)));
writeFileSync(process.argv[2] ?? join(root, 'docs/assets/swarm.png'), canvas.toPng());

function drawSky() {
  canvas.fill((x, y) => {
    const away = Math.min(1, Math.hypot((x - CENTRE[0]) / 520, (y - CENTRE[1]) / 420));
    const near = [0.115, 0.14, 0.31];
    const far = [0.026, 0.032, 0.085];
    return near.map((part, at) => part + (far[at] - part) * away ** 1.3);
  });
  const clouds = [
    [150, 130, 150, [0.36, 0.16, 0.6]],
    [660, 120, 140, [0.08, 0.4, 0.6]],
    [620, 430, 170, [0.5, 0.14, 0.45]],
    [170, 420, 150, [0.06, 0.42, 0.5]],
    [400, 262, 130, [0.2, 0.34, 0.75]],
  ];
  for (const [x, y, radius, colour] of clouds) canvas.glow(x, y, radius, colour, 0.36);
  for (let star = 0; star < 240; star++) {
    const size = 0.55 + random() ** 4 * 1.3;
    canvas.glow(random() * WIDTH, random() * HEIGHT, size, [0.8, 0.87, 1], 0.15 + random() * 0.6);
  }
}

/** Dashes between the tracker and each peer. */
function drawAnnounces() {
  for (const { x, y } of peers) {
    const length = Math.hypot(x - CENTRE[0], y - CENTRE[1]);
    const dashes = (t) => (t * length < 50 || (t * length) % 11 > 5 ? 0 : 0.34);
    canvas.line([CENTRE, [x, y]], 1.5, [0.72, 0.82, 1], dashes);
  }
}

/** Two chunks on their way to each leecher, from the two best holders nearby and the seeder. */
function drawTransfers() {
  peers.forEach((to, number) => {
    const taken = new Set();
    for (const step of [1, PEERS - 1, 2]) {
      const from = peers[(number + step) % PEERS];
      const chunk = [...from.held].find((held) => !to.held.has(held) && !taken.has(held));
      if (chunk === undefined) continue;
      taken.add(chunk);
      drawTransfer(from, to, chunk);
    }
  });
}

function drawTransfer(from, to, chunk) {
  const colour = chunkColour(chunk);
  const middle = [(from.x + to.x) / 2, (from.y + to.y) / 2];
  const bend = (random() < 0.5 ? 0.1 : 0.3) + random() * 0.12;
  const control = middle.map((part, at) => part + (CENTRE[at] - part) * bend);
  const points = Array.from({ length: 41 }, (_, at) => curve(from, control, to, at / 40));
  const head = roomiest(points.slice(13, 29)) + 13;
  const t0 = head / 40;
  canvas.line(points, 9, colour, (t) => (t < t0 ? 0.1 * (t / t0) ** 2 : 0));
  canvas.line(points, 2.4, colour, (t) => (t < t0 ? 0.2 + 0.6 * (t / t0) ** 2 : 0.16));
  const [x, y] = points[head];
  const [nextX, nextY] = points[head + 1];
  flying.push(points[head]);
  canvas.glow(x, y, 17, colour, 0.6);
  canvas.tile(x, y, 15, Math.atan2(nextY - y, nextX - x), colour);
}

/** The place of the point that is farthest from all chunks in flight. */
function roomiest(points) {
  const room = points.map(([x, y]) =>
    Math.min(90, ...flying.map((other) => Math.hypot(x - other[0], y - other[1]))),
  );
  const most = Math.max(...room);
  const places = [...room.keys()].filter((at) => room[at] === most);
  return places[Math.floor(random() * places.length)];
}

function curve(from, control, to, t) {
  const weigh = (a, b, c) => (1 - t) ** 2 * a + 2 * t * (1 - t) * b + t * t * c;
  return [weigh(from.x, control[0], to.x), weigh(from.y, control[1], to.y)];
}

function drawPeer({ x, y, radius, held, colour }) {
  canvas.glow(x, y, radius * 1.9, colour, 0.42);
  canvas.paint([x - 60, y - 60, x + 60, y + 60], (px, py) => [
    Math.max(0, Math.min(0.82, radius + 15.5 - Math.hypot(px - x, py - y))),
    [0.03, 0.04, 0.1],
  ]);
  canvas.ball(x, y, radius - 3, colour);
  for (let chunk = 0; chunk < CHUNKS; chunk++) {
    const from = (chunk + 0.08) / CHUNKS;
    const to = (chunk + 0.92) / CHUNKS;
    const has = held.has(chunk);
    canvas.arc(
      x,
      y,
      radius + 6.5,
      has ? 9 : 3,
      from,
      to,
      has ? chunkColour(chunk) : [0.42, 0.47, 0.66],
      has ? 1 : 0.5,
    );
  }
}

function drawTracker() {
  const [x, y] = CENTRE;
  canvas.glow(x, y, 70, [0.55, 0.75, 1], 0.55);
  for (const [ring, radius] of [34, 43, 53].entries()) {
    canvas.arc(x, y, radius, 2, 0, 1, [0.75, 0.88, 1], 0.55 - ring * 0.16);
  }
  canvas.ball(x, y, 26, [0.82, 0.9, 1]);
  // A dot for each peer that it knows.
  for (let peer = 0; peer < PEERS; peer++) {
    const angle = ((peer + 0.5) / PEERS) * 2 * Math.PI - Math.PI / 2;
    canvas.ball(x + 14 * Math.cos(angle), y + 14 * Math.sin(angle), 3.4, shade(peers[peer].colour, 0.72));
  }
}

/** The file: twelve chunks in a row. */
function drawFile() {
  const [size, gap, y] = [40, 9, 552];
  const left = WIDTH / 2 - (CHUNKS * (size + gap) - gap) / 2 + size / 2;
  for (let chunk = 0; chunk < CHUNKS; chunk++) {
    const x = left + chunk * (size + gap);
    canvas.glow(x, y, 30, chunkColour(chunk), 0.22);
    canvas.tile(x, y, size, 0, chunkColour(chunk));
  }
}

/** The same numbers on every machine (a multiplicative congruential generator, Park and Miller 1988). */
function generator(seed) {
  let state = seed;
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
}
