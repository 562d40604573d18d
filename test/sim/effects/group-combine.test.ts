import { describe, expect } from 'vitest';
import { effect, runYaml, type EffectRun } from './effect.ts';
import { EARLY_MS, once, peerOf, tookMs } from './observed.ts';

/** 32 KiB in 8 chunks from a seeder to each place with each kind of peer. */
const combined = (combine: string) =>
  runYaml(`
content: { generate: { size: 32KiB, chunk_size: 4KiB } }
peers:
  seeder: { holds: all, policy: { super_seeding: off } }
  home: { link: { latency: 5ms }, combine: ${combine} }
`);

const PLACES = 'locations: { near: {}, far: { link: { latency: 60ms } } }';
const KINDS = 'profiles: { empty: {}, half: { holds: 1-4 } }';

const single = once(() => combined(`{ ${PLACES}, ${KINDS} }`));

const groupsOf = ({ result }: EffectRun) =>
  Object.fromEntries(result.groups.map(({ name, completed }) => [name, completed]));

describe('a combination of places and kinds', () => {
  effect(
    'peers.<group>.combine',
    'there is a group for each place with each kind, and it completes',
    async () => {
      expect(groupsOf(await single())).toEqual({
        seeder: 1,
        'home-near-empty': 1,
        'home-near-half': 1,
        'home-far-empty': 1,
        'home-far-half': 1,
      });
    },
  );

  effect(
    'peers.<group>.combine.locations',
    'what a location says comes before what the group says',
    async () => {
      const run = await single();
      for (const kind of ['empty', 'half']) {
        expect(tookMs(run, `home-far-${kind}`)[0]).toBeGreaterThan(120 - EARLY_MS);
        expect(tookMs(run, `home-near-${kind}`)[0]).toBeGreaterThan(10 - EARLY_MS);
        expect(tookMs(run, `home-near-${kind}`)[0]).toBeLessThan(tookMs(run, `home-far-${kind}`)[0]!);
      }
    },
  );

  effect('peers.<group>.combine.profiles', 'what a profile says holds at each location', async () => {
    const run = await single();
    for (const place of ['near', 'far']) {
      expect(peerOf(run, `home-${place}-empty`).usefulBytes).toBe(32 * 1024);
      expect(peerOf(run, `home-${place}-half`).usefulBytes).toBe(16 * 1024);
    }
  });

  effect('peers.<group>.combine.per_combination', 'each of the groups has so many peers', async () => {
    const double = await combined(`{ ${PLACES}, ${KINDS}, per_combination: 2 }`);
    expect(groupsOf(double)).toEqual({
      seeder: 1,
      'home-near-empty': 2,
      'home-near-half': 2,
      'home-far-empty': 2,
      'home-far-half': 2,
    });
    expect(double.result.swarm.usefulBytes).toBe(2 * (await single()).result.swarm.usefulBytes);
  });
});
