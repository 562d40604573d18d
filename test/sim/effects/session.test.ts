import { describe, expect } from 'vitest';
import { eventsOf } from '../fault-run.ts';
import { designYaml, effect, runYaml, type EffectRun } from './effect.ts';
import {
  FAR_FROM_LAW,
  MANY,
  distanceFromLaw,
  expectInOrder,
  expectNotBefore,
  exponentialLaw,
  forgotten,
  peersOf,
  times,
} from './moments.ts';
import { once, peerOf, receivedBy } from './observed.ts';

/** The one that comes last keeps the run going until the others have left. */
const swarm = (groups: string) => `
seed: 7
content: { generate: { size: 64KiB, chunk_size: 4KiB } }
peers:
  seeder: { holds: all }
  last: { arrival: { at: 1600ms } }
${groups.replaceAll(/^ */gm, '  ')}
`;

const drawn = (count: number) =>
  `drawn: { count: ${count}, session: { leave: { after: { exponential: { mean: 300ms } } } } }`;
const drawnLeaves = (peers: EffectRun['plan']['peers']) =>
  peersOf(peers, 'drawn').map(({ sessions }) => sessions[0].leave!.afterMs);

const aliveAtEnd = ({ result }: EffectRun) => result.samples.at(-1)!.peersAlive;

describe('a session', () => {
  const leaving = once(() =>
    runYaml(
      swarm(`stays: { arrival: { at: 100ms } }
             leaves: { arrival: { at: 100ms }, session: { leave: { after: 300ms } } }
             tells: { session: { leave: { from: completion, after: 100ms } } }
             crashes: { session: { leave: { from: completion, after: 100ms, how: crash } } }
             ${drawn(3)}`),
    ),
  );

  effect(
    ['peers.<group>.session', 'peers.<group>.session.leave', 'peers.<group>.session.leave.after'],
    'a peer is gone so long after it joined, and without it stays to the end',
    async () => {
      const run = await leaving();
      const left = times(run, 'peer-left', 'leaves');
      expectNotBefore(left, [400]);
      expect(left[0]!).toBeGreaterThan(times(run, 'peer-joined', 'leaves')[0]!);
      expect(left[0]!).toBeLessThan(times(run, 'peer-joined', 'last')[0]!);
      expect(times(run, 'peer-left', 'stays')).toEqual([]);
      // Seeder, last and stays, of nine.
      expect(run.plan.peers).toHaveLength(9);
      expect(aliveAtEnd(run)).toBe(3);
    },
  );

  effect('peers.<group>.session.leave.after', 'stays are drawn from the law that is written', async () => {
    const run = await leaving();
    const planned = drawnLeaves(run.plan.peers);
    const left = planned.map((_, at) => times(run, 'peer-left', `drawn/${at + 1}`)[0]!);
    expectNotBefore(left, planned);
    expectInOrder(left, planned);

    const many = drawnLeaves(designYaml(swarm(drawn(MANY))).plans[0]!.peers);
    expect(many.slice(0, 3)).toEqual(planned);
    expect(distanceFromLaw(many, exponentialLaw(300))).toBeLessThan(FAR_FROM_LAW);
  });

  effect(
    'peers.<group>.session.leave.how',
    'who leaves in order tells the tracker; who crashes tells nobody',
    async () => {
      const run = await leaving();
      const [first, second] = ['tells', 'crashes'].map(
        (peer) => times(run, 'peer-completed', peer)[0]! + 100,
      );
      expectNotBefore(times(run, 'peer-left', 'tells'), [first!]);
      expect(times(run, 'peer-crashed', 'tells')).toEqual([]);
      expect(forgotten(run, 'tells')).toEqual(['stopped']);
      expectNotBefore(times(run, 'peer-crashed', 'crashes'), [second!]);
      expect(times(run, 'peer-left', 'crashes')).toEqual([]);
      expect(forgotten(run, 'crashes')).toEqual(['disconnected']);
    },
  );

  effect(
    'peers.<group>.session.leave.from',
    'a stay counts from joining, completion or the start of the run',
    async () => {
      const counted = await runYaml(
        swarm(
          `join: { arrival: { at: 400ms }, session: { leave: { after: 500ms, from: join } } }
           start: { arrival: { at: 400ms }, session: { leave: { after: 500ms, from: start } } }
           early: { arrival: { at: 400ms }, session: { leave: { after: { samples: [100ms] }, from: start } } }
           completion: { link: { down: 2Mbit/s }, session: { leave: { after: 500ms, from: completion } } }`,
        ),
      );
      const left = ['start', 'join'].map((peer) => times(counted, 'peer-left', peer)[0]!);
      expectNotBefore(left, [500, 900]);
      expectInOrder(left, [500, 900]);
      const [completedMs] = times(counted, 'peer-completed', 'completion');
      expect(completedMs).toBeGreaterThan(250);
      expectNotBefore(times(counted, 'peer-left', 'completion'), [completedMs! + 500]);
      // Drawn to leave before it joins: it leaves as it joins, if it is seen at all.
      expect(counted.plan.peers.find(({ name }) => name === 'early')!.sessions[0].leave!.afterMs).toBe(400);
      for (const atMs of times(counted, 'peer-left', 'early')) expectNotBefore([atMs], [400]);
      expect(aliveAtEnd(counted)).toBe(2);
    },
  );
});

describe('a return', () => {
  const returning = (comeBack: string) => `
until: sessions
content: { generate: { size: 64KiB, chunk_size: 4KiB } }
peers:
  seeder: { holds: all }
  leecher: { session: { leave: { after: 400ms }, return: { ${comeBack} } } }
`;
  const received = ({ record }: EffectRun, beforeMs = Infinity) =>
    eventsOf(record, 'chunk-received', 'leecher').filter(({ atMs }) => atMs < beforeMs).length;
  const heldAtJoins = ({ record }: EffectRun) =>
    eventsOf(record, 'peer-joined', 'leecher').map(({ heldChunks }) => heldChunks);

  effect(
    [
      'peers.<group>.session.return',
      'peers.<group>.session.return.after',
      'peers.<group>.session.return.keep_chunks',
      'peers.<group>.session.return.times',
    ],
    'a peer comes back so often, each time so long after it left, with what it held',
    async () => {
      const run = await runYaml(returning('after: 200ms, times: 2'));
      expectNotBefore(times(run, 'peer-joined', 'leecher'), [0, 600, 1200]);
      expectNotBefore(times(run, 'peer-left', 'leecher'), [400, 1000]);
      const [, second, third] = times(run, 'peer-joined', 'leecher');
      expect(heldAtJoins(run)).toEqual([0, received(run, second), received(run, third)]);
      expect(received(run)).toBe(16);
      expect(run.result.peers.find(({ name }) => name === 'leecher')).toMatchObject({ integrity: 'intact' });
    },
  );

  effect(
    ['peers.<group>.session.return.keep_chunks', 'peers.<group>.session.return.times'],
    'a peer that keeps nothing downloads everything again, and comes back once if nothing else is said',
    async () => {
      const run = await runYaml(returning('after: 200ms, keep_chunks: false'));
      expectNotBefore(times(run, 'peer-joined', 'leecher'), [0, 600]);
      expect(heldAtJoins(run)).toEqual([0, 0]);
      const [, second] = times(run, 'peer-joined', 'leecher');
      expect(received(run, second)).toBeGreaterThan(0);
      expect(received(run)).toBe(received(run, second) + 16);
    },
  );
});

describe('a return after the completion', () => {
  /** The seeder is gone for good before the last one comes, who can get the chunks only from those who came back. */
  const returning = `
content: { generate: { size: 64KiB, chunk_size: 4KiB } }
peers:
  seeder: { holds: all, session: { leave: { after: 1500ms } } }
  twice: { session: { leave: { from: completion, after: 200ms }, return: { after: 300ms, times: 2 } } }
  crashes: { session: { leave: { from: completion, after: 400ms, how: crash }, return: { after: 200ms } } }
  empties: { session: { leave: { from: completion }, return: { after: 250ms, keep_chunks: false } } }
  dies: { session: { leave: { from: completion, how: crash, after: 100ms }, return: { after: 250ms, keep_chunks: false } } }
  last: { arrival: { at: 1700ms } }
`;
  const comingBack = once(() => runYaml(returning));
  const received = (run: EffectRun, peer: string, [fromMs = 0, toMs = Infinity]: readonly number[]) =>
    receivedBy(run, peer).filter(({ atMs }) => atMs >= fromMs && atMs < toMs).length;
  const heldAtJoins = ({ record }: EffectRun, peer: string) =>
    eventsOf(record, 'peer-joined', peer).map(({ heldChunks }) => heldChunks);
  const injected = ({ result }: EffectRun, peer: string) =>
    result.injected.filter(({ target }) => target === peer);

  effect(
    [
      'peers.<group>.session.return',
      'peers.<group>.session.return.after',
      'peers.<group>.session.leave.from',
    ],
    'a peer that left after completing comes back so long after that, complete, and leaves by the same rule again',
    async () => {
      const run = await comingBack();
      const [joined, left] = [times(run, 'peer-joined', 'twice'), times(run, 'peer-left', 'twice')];
      const [completedMs] = times(run, 'peer-completed', 'twice');
      expectNotBefore(left, [completedMs! + 200, joined[1]! + 200]);
      expectNotBefore(joined, [0, left[0]! + 300, left[1]! + 300]);
      expect(times(run, 'peer-completed', 'twice')).toHaveLength(1);
      expect(heldAtJoins(run, 'twice')).toEqual([0, 16, 16]);
      expect(received(run, 'twice', [])).toBe(16);
      expect(injected(run, 'twice').map(({ kind, hit }) => [kind, hit])).toEqual([
        ['graceful-leave', true],
        ['return', true],
        ['graceful-leave', true],
        ['return', true],
      ]);
    },
  );

  effect(
    ['peers.<group>.session.return.keep_chunks', 'peers.<group>.session.leave.how'],
    'with its chunks it is a seeder again, also after a crash; without them it completes anew, and the run waits for it',
    async () => {
      const run = await comingBack();
      expect(heldAtJoins(run, 'crashes')).toEqual([0, 16]);
      expect(received(run, 'crashes', [])).toBe(16);
      for (const [peer, end] of [
        ['empties', 'peer-left'],
        ['dies', 'peer-crashed'],
      ] as const) {
        const [joinedMs] = times(run, 'peer-joined', peer).slice(1);
        expectNotBefore([joinedMs!], [times(run, end, peer)[0]! + 250]);
        expect(heldAtJoins(run, peer)).toEqual([0, 0]);
        expect(received(run, peer, [0, joinedMs!])).toBe(16);
        expect(received(run, peer, [joinedMs!])).toBe(16);
        expect(peerOf(run, peer).completedMs).toBe(times(run, 'peer-completed', peer)[1]);
      }
      expect(receivedBy(run, 'last')).toHaveLength(16);
      expect(receivedBy(run, 'last', 'seeder')).toEqual([]);
      expect(run.record.ending).toBe('completed');
      expect(run.result.verdict).toMatchObject({ outcome: 'pass', completedPeers: 6 });
    },
  );
});
