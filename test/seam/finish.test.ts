import { describe, expect, it } from 'vitest';
import { expand } from '../../src/sim/expand/expand.ts';
import { parseScenario } from '../../src/sim/scenario/parse.ts';
import { judge } from './judge.ts';
import { randomPlan, randomScenario } from './random-scenario.ts';
import { runVirtually } from './virtual-swarm.ts';

const run = (text: string) => runVirtually(expand(parseScenario(text, 'finish.yaml')));

describe('a swarm that can complete does', () => {
  it('with many fast seeders on one slow downlink, at its rate and with next to no waste', () => {
    const { makespanMs, events } = run(`
content: { generate: { size: 4MiB, chunk_size: 64KiB } }
peers: { seeders: { count: 24, holds: all }, leecher: { link: { down: 1Mbit/s } } }
time_limit: 150s
`);
    // 4 MiB at 1 Mbit/s take 33.6 s.
    expect(makespanMs).toBeLessThan(36_000);
    // Two seeders may send one of the last chunks; of 64.
    expect(events.filter(({ type }) => type === 'chunk-discarded').length).toBeLessThanOrEqual(2);
  });

  it('where one part of a chunk takes longer than any silence on a slow downlink', () => {
    const { makespanMs } = run(`
content: { generate: { size: 96KiB, chunk_size: 32KiB } }
peers: { seeders: { count: 6, holds: all }, leecher: { link: { down: 1kbit/s } } }
time_limit: 2h
`);
    expect(makespanMs).toBeDefined();
  });

  it('where many slots share a slow uplink', () => {
    const { makespanMs } = run(`
content: { generate: { size: 32KiB, chunk_size: 8KiB } }
defaults: { link: { up: 16kbit/s }, policy: { upload_slots: 16 } }
peers: { seeder: { holds: all }, leechers: { count: 16 } }
time_limit: 165s
`);
    expect(makespanMs).toBeDefined();
  });

  it.each([1, 2, 3, 4, 5, 6])(
    'where empty peers held all places before the seeder came (seed %i)',
    (seed) => {
      const { makespanMs } = run(`
seed: ${seed}
content: { generate: { size: 256KiB, chunk_size: 32KiB } }
defaults: { link: { up: 8Mbit/s, down: 8Mbit/s }, policy: { max_connections: 5 } }
peers: { seeder: { holds: all, arrival: { at: 2s } }, leechers: { count: 12 } }
time_limit: 20s
`);
      expect(makespanMs).toBeDefined();
    },
  );

  it.each([1, 2, 3, 4, 5, 6])(
    'where a super-seeder learns late what a neighbour holds already (seed %i)',
    (seed) => {
      const { makespanMs } = run(`
seed: ${seed}
content: { generate: { size: 25KiB, chunk_size: 1KiB } }
peers: { seeder: { holds: all, link: { down: 1kbit/s } }, leecher: { holds: 1-20 } }
time_limit: 2min
`);
      expect(makespanMs).toBeDefined();
    },
  );

  it('by the spec protocol, where one transfer takes longer than any fixed limit', () => {
    const { makespanMs } = run(`
content: { generate: { size: 512KiB, chunk_size: 512KiB } }
defaults: { protocol: spec }
peers: { seeders: { count: 2, holds: all }, leecher: { link: { down: 80kbit/s } } }
time_limit: 200s
`);
    expect(makespanMs).toBeDefined();
  });

  it.each([2500, 60_000])('where everybody is %i ms away', (latencyMs) => {
    const { makespanMs } = run(`
content: { generate: { size: 64KiB, chunk_size: 32KiB } }
defaults: { link: { latency: ${latencyMs}ms } }
peers: { seeder: { holds: all }, leecher: {} }
time_limit: 2h
`);
    // A round trip is four times the latency; it takes less than ten of them.
    expect(makespanMs).toBeLessThan(10 * 4 * latencyMs);
  });
});

describe('a far peer takes part', () => {
  it('though near ones of one connection each come and go much faster than it can be reached', () => {
    const { makespanMs } = run(`
seed: 25
content: { generate: { size: 1212B, chunk_size: 298B } }
defaults: { policy: { max_connections: 1 } }
peers: { seeder: { holds: all, link: { latency: 25s }, policy: { max_connections: 9 } }, leechers: { count: 5 } }
time_limit: 30min
`);
    expect(makespanMs).toBeDefined();
  });

  it('by the spec protocol, where answers and the end of a stream are under way for longer than a holder lingers', () => {
    const { makespanMs } = run(`
content: { generate: { size: 3716B, chunk_size: 263B } }
defaults: { protocol: spec }
peers: { seeders: { count: 3, holds: all, link: { up: 1324bit/s } }, leecher: { link: { latency: 20s } } }
time_limit: 15min
`);
    expect(makespanMs).toBeDefined();
  });
});

describe('two hundred random small scenarios', () => {
  it.each(Array.from({ length: 8 }, (_, part) => part))(
    'complete within their budget, and nothing unspoilt is thrown away as corrupt (part %i of 8)',
    (part) => {
      const faults = Array.from({ length: 25 }, (_, at) => part * 25 + at).flatMap((seed) => {
        const { fault } = judge(seed, randomPlan(seed));
        return fault === undefined ? [] : [`seed ${seed}: ${fault}\n${randomScenario(seed)}`];
      });
      expect(faults).toEqual([]);
    },
  );
});
