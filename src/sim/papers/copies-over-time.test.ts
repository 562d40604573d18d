import { expect, test } from 'vitest';
import type { SwarmEvent } from '../../core/events.ts';
import { copiesOverTime } from './copies-over-time.ts';
import type { PaperRun } from './paper.ts';

const address = { host: '10.0.0.1', port: 1 };
const joined = (atMs: number, peer: string, heldChunks: number): SwarmEvent => ({
  type: 'peer-joined',
  atMs,
  peer,
  address,
  protocol: 'swarm',
  heldChunks,
  totalChunks: 2,
});
const received = (atMs: number, peer: string, index: number): SwarmEvent => ({
  type: 'chunk-received',
  atMs,
  peer,
  index,
  from: address,
  bytes: 1,
  tookMs: 1,
});

test('counts the copies of the rarest and of the mean chunk among the peers that are present', () => {
  const events = [
    joined(0, 'seeder', 2),
    joined(0, 'one', 0),
    received(100, 'one', 1),
    received(250, 'one', 2),
    // Received again: no further copy.
    received(260, 'one', 2),
    { type: 'peer-left', atMs: 350, peer: 'one' } as const,
  ];
  const result = {
    plan: {
      peers: [
        { name: 'seeder', holds: { kind: 'all' } },
        { name: 'one', holds: { kind: 'none' } },
      ],
    },
    swarm: { totalChunks: 2 },
    elapsedMs: 401,
  };
  expect(copiesOverTime({ result, events } as unknown as PaperRun, 100)).toEqual([
    { atMs: 0, rarest: 1, mean: 1 },
    { atMs: 100, rarest: 1, mean: 1.5 },
    { atMs: 200, rarest: 1, mean: 1.5 },
    { atMs: 300, rarest: 2, mean: 2 },
    { atMs: 400, rarest: 1, mean: 1 },
  ]);
});
