import { describe, expect, it, vi } from 'vitest';
import type { SwarmEventType } from '../../src/core/events.ts';
import { expand } from '../../src/sim/expand/expand.ts';
import type { Plan } from '../../src/sim/plan/plan.ts';
import { loadScenario } from '../../src/sim/scenario/fixture.ts';
import { parseScenario } from '../../src/sim/scenario/parse.ts';
import { runVirtually } from './virtual-swarm.ts';

const twentyLeechers = expand(
  parseScenario(
    `
description: Twenty leechers on links of their own, one of which crashes.
seed: 7
content: { generate: { size: 2MiB, chunk_size: 64KiB } }
defaults:
  link:
    up: { uniform: { min: 4Mbit/s, max: 20Mbit/s } }
    down: 40Mbit/s
    latency: { normal: { mean: 30ms, sd: 10ms } }
    jitter: 5ms
peers:
  seeder: { holds: all, link: { up: 20Mbit/s } }
  leechers: { count: 19 }
  unlucky: { session: { leave: { after: 1s, how: crash } } }
time_limit: 120s
`,
    'twenty.yaml',
  ),
);

function classicFolders(protocol: 'swarm' | 'spec'): Plan {
  return expand(loadScenario(`scenarios/three-peers${protocol === 'spec' ? '-spec' : ''}.yaml`));
}

describe('the core in virtual time', () => {
  for (const protocol of ['swarm', 'spec'] as const) {
    it(`three peers complete the classic folders by the ${protocol} protocol, twice with the same events`, () => {
      const [first, second] = [
        runVirtually(classicFolders(protocol)),
        runVirtually(classicFolders(protocol)),
      ];
      expect(first.makespanMs).toBeGreaterThan(0);
      for (const store of first.stores.values()) {
        expect(Array.from({ length: 12 }, (_, at) => store.info(at + 1))).not.toContain(undefined);
      }
      expect(first.events.filter(({ type }) => type === 'peer-completed')).toHaveLength(3);
      expect(second.events).toEqual(first.events);
    });
  }

  it('twenty leechers on shaped links complete although one crashes, twice with the same events', () => {
    const first = runVirtually(twentyLeechers);
    expect(first.makespanMs).toBeGreaterThan(0);
    const completed = first.events.filter(({ type }) => type === 'peer-completed').map(({ peer }) => peer);
    expect(new Set(completed).size).toBe(19);
    expect(completed).not.toContain('unlucky');
    expect(first.events.some(({ type }) => type === 'peer-forgotten')).toBe(true);
    expect(runVirtually(twentyLeechers).events).toEqual(first.events);
  });

  it.each([1, 2, 4])(
    '150 ms of latency do not cut the throughput of a lone seeder with %i leechers',
    (count) => {
      const text = (latency: string): string => `
content: { generate: { size: 8MiB, chunk_size: 32KiB } }
defaults: { link: { up: 8Mbit/s, latency: ${latency} } }
peers: { seeder: { holds: all }, leechers: { count: ${count} } }
`;
      const [near, far] = ['0ms', '150ms'].map(
        (latency) => runVirtually(expand(parseScenario(text(latency), 'far.yaml'))).makespanMs!,
      );
      // Ten round trips of 600 ms are spent on finding one another and on getting under way.
      expect(far! - near!).toBeLessThan(10 * 600);
    },
  );

  it('nor do 200 ms where a single chunk takes two seconds: the next one is asked for before it has come', () => {
    const text = (latency: string): string => `
content: { generate: { size: 2MiB, chunk_size: 256KiB } }
defaults: { link: { up: 1Mbit/s, latency: ${latency} } }
peers: { seeder: { holds: all }, leecher: {} }
`;
    const [near, far] = ['0ms', '200ms'].map(
      (latency) => runVirtually(expand(parseScenario(text(latency), 'slow.yaml'))).makespanMs!,
    );
    // Five round trips of 800 ms are spent on getting under way; one for each chunk would be eight more.
    expect(far! - near!).toBeLessThan(6 * 800);
  });

  it('100 ms of latency cost a swarm some round trips of getting under way, and little of its rate', () => {
    const text = (size: string, seed: number): string => `
seed: ${seed}
content: { generate: { size: ${size}, chunk_size: 32KiB } }
defaults: { link: { up: 10Mbit/s, latency: 100ms } }
peers: { seeder: { holds: all }, leechers: { count: 12 } }
`;
    // Single seeds scatter from 0.8 to 1.3.
    const seeds = [1, 2, 3, 4];
    const [small, large] = ['4MiB', '8MiB'].map((size) => {
      const plans = seeds.map((seed) => expand(parseScenario(text(size, seed), 'swarm.yaml')));
      const sumMs = plans.reduce((sum, plan) => sum + runVirtually(plan, 'fluid').makespanMs!, 0);
      return sumMs / seeds.length;
    });
    const leastMs = ((4 * 2 ** 20 * 8) / 10e6) * 1000;
    expect((large! - small!) / leastMs).toBeLessThan(1.25);
  });

  it('five seeders who hide from one another what they hold do not keep their slots for one another', () => {
    const text = `
content: { generate: { size: 512KiB, chunk_size: 16KiB } }
defaults: { link: { up: 4Mbit/s } }
peers: { seeders: { count: 5, holds: all }, leecher: {} }
`;
    // At the rates of five uplinks it takes 0.2 s; at those of none, until idle ones lose their slots, 3 s and more.
    expect(runVirtually(expand(parseScenario(text, 'five.yaml'))).makespanMs).toBeLessThan(1500);
  });

  it.each([3, 9, 11, 14, 39])(
    'who is cut off from half of the swarm gets on with the other half, although both sources of a chunk may be gone (seed %i)',
    (seed) => {
      const text = `
seed: ${seed}
content: { generate: { size: 1MiB, chunk_size: 16KiB } }
defaults: { link: { up: 4Mbit/s, down: 16Mbit/s, latency: 5ms } }
peers:
  seeder: { holds: all }
  near: { count: 5 }
  far: { count: 5 }
faults: [{ name: cut, at: 700ms, for: 19s, partition: { sides: [seeder + near + tracker, far] } }]
`;
      const { events } = runVirtually(expand(parseScenario(text, 'cut.yaml')));
      const near = events.filter((event) => event.type === 'peer-completed' && event.peer.startsWith('near'));
      expect(near).toHaveLength(5);
      // Without the cut 3 s; the rest goes by before who does not answer has lost slots and requests to others.
      for (const { atMs } of near) expect(atMs).toBeLessThan(8000);
    },
  );

  it('who left after completing comes back, with its chunks as a seeder, without them to complete anew', () => {
    const text = `
content: { generate: { size: 256KiB, chunk_size: 16KiB } }
defaults: { link: { up: 4Mbit/s } }
peers:
  seeder: { holds: all, session: { leave: { after: 5s } } }
  keeps: { session: { leave: { from: completion, after: 1s, how: crash }, return: { after: 2s, times: 2 } } }
  loses: { session: { leave: { from: completion }, return: { after: 500ms, keep_chunks: false } } }
  last: { arrival: { at: 6s } }
`;
    const { events, makespanMs } = runVirtually(expand(parseScenario(text, 'back.yaml')));
    const momentsOf = (type: SwarmEventType, name: string): number[] =>
      events.filter((event) => event.type === type && event.peer === name).map(({ atMs }) => atMs);
    const [completedMs] = momentsOf('peer-completed', 'keeps');
    const backs = [completedMs! + 3000, completedMs! + 6000];
    const joined = momentsOf('peer-joined', 'keeps');
    expect(joined.slice(1).map(Math.round)).toEqual(backs.map(Math.round));
    expect(momentsOf('peer-completed', 'keeps')).toHaveLength(1);
    expect(momentsOf('chunk-received', 'keeps')).toHaveLength(16);
    expect(momentsOf('peer-completed', 'loses')).toHaveLength(2);
    expect(momentsOf('chunk-received', 'loses')).toHaveLength(32);
    expect(momentsOf('peer-completed', 'last')).toHaveLength(1);
    expect(makespanMs).toBeGreaterThanOrEqual(joined[2]!);
  });

  it('another seed gives other events', () => {
    const other = { ...classicFolders('swarm') };
    const peers = other.peers.map((peer) => ({ ...peer, seed: `${peer.seed}-other` }));
    expect(runVirtually({ ...other, peers }).events).not.toEqual(runVirtually(other).events);
  });

  it('needs no socket, no real timer and no real clock', () => {
    vi.useFakeTimers();
    try {
      vi.setSystemTime(0);
      expect(runVirtually(classicFolders('swarm')).makespanMs).toBeGreaterThan(1000);
      expect(vi.getTimerCount()).toBe(0);
      expect(Date.now()).toBe(0);
    } finally {
      vi.useRealTimers();
    }
  });
});
