import { describe, expect } from 'vitest';
import { addressKey } from '../../../src/core/address.ts';
import { eventsOf } from '../fault-run.ts';
import { effect, runYaml, type EffectRun } from './effect.ts';
import { once, receivedBy } from './observed.ts';

describe('the picker', () => {
  const RARE = [57, 58, 59, 60, 61, 62, 63, 64];
  /** A leecher has a neighbour with copies of all but the last eight chunks, when a seeder comes that only it can reach. */
  const picking = (picker: string) =>
    runYaml(`
content: { generate: { size: 128KiB, chunk_size: 2KiB } }
peers:
  partial: { holds: 1-56, link: { up: 32KiB/s }, policy: { max_connections: 1 }, must_complete: false }
  leecher: { policy: { picker: ${picker} } }
  seeder: { holds: all, link: { up: 384KiB/s, latency: 20ms }, arrival: { at: 300ms }, policy: { super_seeding: off } }
`);

  /** The chunks that the leecher asked for, in order, each once; of the seeder or of anybody. */
  function asked({ record }: EffectRun, ofSeeder = false): number[] {
    const seeder = addressKey(eventsOf(record, 'peer-joined', 'seeder')[0]!.address);
    const requests = eventsOf(record, 'chunk-requested', 'leecher');
    const meant = requests.filter(({ from }) => !ofSeeder || addressKey(from) === seeder);
    return [...new Set(meant.map(({ index }) => index))];
  }

  /** With which request to the seeder the last of the rare chunks was asked for. */
  const rareAskedBy = (run: EffectRun): number => {
    const ofSeeder = asked(run, true);
    return Math.max(...RARE.map((index) => ofSeeder.indexOf(index))) + 1;
  };

  effect(
    ['peers.<group>.policy', 'peers.<group>.policy.picker'],
    'it asks for chunks in turn, for the rarest first, or for any',
    async () => {
      const inTurn = Array.from({ length: 64 }, (_, at) => at + 1);
      const [sequential, rarest, random] = await Promise.all([
        picking('sequential'),
        picking('rarest-first'),
        picking('random'),
      ]);
      expect(asked(sequential)).toEqual(inTurn);
      expect(rareAskedBy(rarest)).toBeLessThanOrEqual(12);
      expect(asked(random)).not.toEqual(inTurn);
      // That eight given ones of sixty are among the first twelve is as good as impossible.
      expect(rareAskedBy(random)).toBeGreaterThan(12);
    },
  );
});

describe('serving', () => {
  const LEECHERS = ['leechers/1', 'leechers/2', 'leechers/3'];
  /** By a seeder that sends 256 KiB/s. */
  const serving = (size: string, policy: string, rest = '') =>
    runYaml(`
content: { generate: { size: ${size}, chunk_size: 2KiB } }
${rest}
peers:
  seeder: { holds: all, link: { up: 256KiB/s }, policy: ${policy} }
  leechers: { count: 3, policy: { picker: sequential } }
`);
  const served = (run: EffectRun, untilMs = Infinity): string[] =>
    LEECHERS.filter((name) => receivedBy(run, name, 'seeder').some(({ atMs }) => atMs < untilMs));
  const open = once(() => serving('64KiB', '{ super_seeding: off }'));

  effect('peers.<group>.policy.upload_slots', 'a seeder serves so many at a time', async () => {
    // Nobody loses its slot before the seeder looks again, a second after it came.
    const untilThen = (slots: number) =>
      serving('256KiB', `{ super_seeding: off, upload_slots: ${slots} }`, 'time_limit: 1s');
    const [one, two] = await Promise.all([untilThen(1), untilThen(2)]);
    expect(served(one, 1000)).toHaveLength(1);
    expect(served(two, 1000)).toHaveLength(2);
    expect(served(await open())).toEqual(LEECHERS);
  });

  effect(
    'peers.<group>.policy.upload_policy',
    'a leecher with one slot gives back to who sends to it, or serves who got least all the same',
    async () => {
      /**
       * Of what a leecher sent until the giver was complete, the share that the taker got, a free rider. Its uplink
       * is for its requests: at 8 kbit/s one takes some 20 ms, a tenth of the time of a chunk. At 1 kbit/s it takes most
       * of that time, and a slot that nobody uses goes to the other, whatever the policy.
       */
      const takersShare = async (policy: string): Promise<number> => {
        const run = await runYaml(`
content: { generate: { size: 512KiB, chunk_size: 8KiB } }
time_limit: 10min
peers:
  leecher: { holds: 1-32, link: { up: 32KiB/s }, policy: { upload_policy: ${policy}, upload_slots: 1 } }
  giver: { holds: 33-64, link: { up: 16KiB/s } }
  taker: { link: { up: 8kbit/s } }
faults: [{ at: 0s, for: 10min, free_ride: { peers: taker } }]
`);
        const untilMs = eventsOf(run.record, 'peer-completed', 'giver')[0]!.atMs;
        const [taken, given] = ['taker', 'giver'].map(
          (name) => receivedBy(run, name, 'leecher').filter(({ atMs }) => atMs <= untilMs).length,
        );
        return taken! / (taken! + given!);
      };
      const [back, fair] = await Promise.all([takersShare('tit-for-tat'), takersShare('least-served')]);
      expect(back).toBeLessThan(0.25);
      expect(fair).toBeGreaterThan(0.35);
      expect(fair).toBeLessThan(0.65);
    },
  );

  effect('peers.<group>.policy.max_connections', 'who takes one connection sends to one peer', async () => {
    const one = await serving('64KiB', '{ super_seeding: off, max_connections: 1 }');
    expect(served(await open())).toEqual(LEECHERS);
    expect(served(one)).toHaveLength(1);
    expect(one.result.verdict.outcome).toBe('pass');
  });

  /** Different ones among the first so many chunks that the seeder sent. */
  function differentAmong(run: EffectRun, count: number): number {
    const sent = LEECHERS.flatMap((name) => receivedBy(run, name, 'seeder')).sort((a, b) => a.atMs - b.atMs);
    expect(sent.length).toBeGreaterThanOrEqual(count);
    return new Set(sent.slice(0, count).map(({ index }) => index)).size;
  }

  effect(
    'peers.<group>.policy.super_seeding',
    'a seeder sends every chunk once before it sends any twice, although all would ask for the same',
    async () => {
      const [shown, auto] = await Promise.all([
        serving('64KiB', '{ super_seeding: on }'),
        serving('64KiB', '{}'),
      ]);
      const load = (run: EffectRun): number => run.result.swarm.seederLoad!;
      expect(load(await open())).toBeGreaterThan(2);
      for (const run of [shown, auto]) {
        // Some of the first 24 may overtake others on their way.
        expect(differentAmong(run, 24)).toBeGreaterThanOrEqual(20);
        expect(load(run)).toBeGreaterThanOrEqual(1);
        expect(load(run)).toBeLessThan(2);
      }
    },
  );
});
