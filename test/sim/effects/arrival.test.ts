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
  plannedJoins,
  times,
} from './moments.ts';

const swarm = (leechers: string, seeder = '{ holds: all }') => `
seed: 7
content: { generate: { size: 64KiB, chunk_size: 16KiB } }
peers:
  seeder: ${seeder}
  leechers: ${leechers}
`;

/** When the leechers joined, in the order of their numbers. */
function joins(run: EffectRun): readonly number[] {
  return run.plan.peers
    .filter(({ group }) => group === 'leechers')
    .map(({ name }) => run.result.peers.find((peer) => peer.name === name)!.joinedMs!);
}

describe('an arrival', () => {
  effect(
    ['peers.<group>.arrival', 'peers.<group>.arrival.at'],
    'while the only seeder has not joined, nobody gets a chunk',
    async () => {
      const late = await runYaml(swarm('{ count: 2 }', '{ holds: all, arrival: { at: 500ms } }'));
      expectNotBefore(times(late, 'peer-joined', 'seeder'), [500]);
      expect(Math.max(...joins(late))).toBeLessThan(times(late, 'peer-joined', 'seeder')[0]!);
      expect(late.result.swarm.makespanMs).toBeGreaterThanOrEqual(500);
      expect(
        Math.min(...eventsOf(late.record, 'chunk-received').map(({ atMs }) => atMs)),
      ).toBeGreaterThanOrEqual(500);
      expect(late.result.ending).toBe('completed');
    },
  );

  effect(
    ['peers.<group>.arrival.at', 'peers.<group>.arrival.spaced'],
    'the first of a group joins at `at`, and each other one so much after the one before it',
    async () => {
      const run = await runYaml(swarm('{ count: 3, arrival: { at: 200ms, spaced: 300ms } }'));
      expect(plannedJoins(run.plan.peers, 'leechers')).toEqual([200, 500, 800]);
      expectNotBefore(joins(run), [200, 500, 800]);
      expectInOrder(joins(run), [200, 500, 800]);
      expect(run.result.swarm.makespanMs).toBeGreaterThanOrEqual(800);
    },
  );

  effect(
    ['peers.<group>.arrival.poisson', 'peers.<group>.arrival.poisson.rate'],
    'peers join with exponential gaps of which the rate is the inverse mean',
    async () => {
      const arrival = (rate: string, count: number) =>
        swarm(`{ count: ${count}, arrival: { at: 100ms, poisson: { rate: ${rate} } } }`);
      const run = await runYaml(arrival('4/s', 4));
      const planned = plannedJoins(run.plan.peers, 'leechers');
      expectNotBefore(joins(run), planned);
      expectInOrder(joins(run), planned);

      const drawn = (rate: string) =>
        plannedJoins(designYaml(arrival(rate, MANY)).plans[0]!.peers, 'leechers');
      const slow = drawn('4/s');
      const gaps = slow.map((joinMs, at) => joinMs - (slow[at - 1] ?? 100));
      // What was run is the beginning of what is judged.
      expect(slow.slice(0, 4)).toEqual(planned);
      expect(distanceFromLaw(gaps, exponentialLaw(250))).toBeLessThan(FAR_FROM_LAW);
      // By one seed, twice the rate halves each gap.
      expect(drawn('8/s')[MANY - 1]! - 100).toBeCloseTo((slow[MANY - 1]! - 100) / 2, 0);
    },
  );

  effect(
    [
      'peers.<group>.arrival.uniform',
      'peers.<group>.arrival.uniform.from',
      'peers.<group>.arrival.uniform.to',
    ],
    'each peer joins at some instant between the two, all of which are as likely',
    async () => {
      const arrival = (count: number) =>
        swarm(`{ count: ${count}, arrival: { uniform: { from: 200ms, to: 900ms } } }`);
      const run = await runYaml(arrival(4));
      const planned = plannedJoins(run.plan.peers, 'leechers');
      expectNotBefore(joins(run), planned);
      expectInOrder(joins(run), planned);
      expect(Math.min(...joins(run))).toBeGreaterThan(200);

      const drawn = plannedJoins(designYaml(arrival(MANY)).plans[0]!.peers, 'leechers');
      expect(drawn.slice(0, 4)).toEqual(planned);
      expect(Math.min(...drawn)).toBeGreaterThanOrEqual(200);
      expect(Math.max(...drawn)).toBeLessThanOrEqual(900);
      expect(distanceFromLaw(drawn, (ms) => (ms - 200) / 700)).toBeLessThan(FAR_FROM_LAW);
    },
  );
});

describe('a trace', () => {
  // The last one keeps the run going until the one that leaves has left.
  const rows = '[{ join: 100ms, leave: 400ms }, { join: 250ms }, { join: 1200ms }]';

  effect(
    [
      'peers.<group>.arrival.trace',
      'peers.<group>.arrival.trace[].join',
      'peers.<group>.arrival.trace[].leave',
    ],
    'peer i joins and leaves as row i says',
    async () => {
      const run = await runYaml(swarm(`{ arrival: { trace: ${rows} } }`));
      expectNotBefore(joins(run), [100, 250, 1200]);
      expectInOrder(joins(run), [100, 250, 1200]);
      const left = times(run, 'peer-left', 'leechers/1');
      expectNotBefore(left, [400]);
      expect(left[0]!).toBeLessThan(joins(run)[2]!);
      expect(times(run, 'peer-left', 'leechers/2')).toEqual([]);
      expect(times(run, 'peer-crashed', 'leechers/1')).toEqual([]);
    },
  );

  effect(
    ['peers.<group>.arrival.trace', 'peers.<group>.arrival.how'],
    'rows may be those of a CSV file, and peers may leave by a crash',
    async () => {
      const sessions = 'join,leave\n0.1,0.4\n0.25,\n1.2,\n7,8\n';
      const table = '{ csv: { file: sessions.csv, unit: s } }';
      const run = await runYaml(swarm(`{ count: 3, arrival: { trace: ${table}, how: crash } }`), {
        'sessions.csv': sessions,
      });
      expectNotBefore(joins(run), [100, 250, 1200]);
      expect(times(run, 'peer-left', 'leechers/1')).toEqual([]);
      expectNotBefore(times(run, 'peer-crashed', 'leechers/1'), [400]);
    },
  );
});
