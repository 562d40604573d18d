import { describe, expect, it } from 'vitest';
import { expand } from '../../expand/expand.ts';
import type { Plan, PlannedPeer } from '../../plan/plan.ts';
import { parseScenario } from '../../scenario/parse.ts';
import { processorTimeOf } from './processor-time.ts';

interface Swarm {
  readonly leechers?: number;
  readonly sizeKib?: number;
  readonly chunkKib?: number;
  readonly link?: string;
  readonly sliceMs?: number;
}

function swarm(about: Swarm = {}): Plan {
  const { leechers = 49, sizeKib = 2048, chunkKib = 256, link = '2Mbit/s', sliceMs } = about;
  const rates = link === 'none' ? '{}' : `{ up: ${link}, down: ${link} }`;
  const text = `
content: { generate: { size: ${sizeKib}KiB, chunk_size: ${chunkKib}KiB } }
defaults: { link: ${rates} }
peers: { seeder: { holds: all }, leechers: { count: ${leechers} } }
${sliceMs === undefined ? '' : `engine: { slice: ${sliceMs}ms }`}
`;
  return expand(parseScenario(text, 'test.yaml'));
}

/** Threads of peers, and one of the tracker. */
const trafficMs = (about: Swarm, threads = 51): number => processorTimeOf(swarm(about), threads).trafficMs;

describe('the estimate of the processor time of a run', () => {
  it('is lower where peers share threads, and no lower for those whose links have no rate', () => {
    expect(trafficMs({}, 3)).toBeLessThan(trafficMs({}, 11));
    expect(trafficMs({}, 11)).toBeLessThan(trafficMs({}, 51));
    expect(trafficMs({ link: 'none' }, 3)).toBe(trafficMs({ link: 'none' }, 51));
    expect(processorTimeOf(swarm(), 3).startMs).toBeLessThan(processorTimeOf(swarm(), 51).startMs);
  });

  it.each([3, 51])(
    'falls with the length of slices, down to that of links without a rate (%i threads)',
    (threads) => {
      const [short, usual, long] = [5, 10, 100].map((sliceMs) => trafficMs({ sliceMs }, threads));
      const none = trafficMs({ link: 'none' }, threads);
      expect(short).toBeGreaterThan(usual!);
      expect(usual).toBeGreaterThan(long!);
      expect(long).toBeGreaterThan(none);
      // Ten times as many bytes in each.
      expect((long! - none) / (usual! - none)).toBeCloseTo(0.1, 2);
    },
  );

  it('grows with bytes, with chunks and with peers', () => {
    const one = trafficMs({});
    expect(trafficMs({ sizeKib: 4096 })).toBeGreaterThan(one);
    expect(trafficMs({ chunkKib: 64 })).toBeGreaterThan(one);
    expect(trafficMs({ leechers: 99 }, 101)).toBeGreaterThan(2 * one);
  });

  it('counts no more wake-ups than slices that leave and come in', () => {
    const sparse = trafficMs({ link: '100kbit/s' });
    // Each slice is 1,460 bytes at either rate, and has ticks enough.
    expect(trafficMs({ link: '50kbit/s' })).toBeCloseTo(sparse);
  });

  it('is what moving the rest takes where peers hold a part', () => {
    const plan = swarm();
    const half = { kind: 'chunks' as const, indices: [1, 2, 3, 4] };
    const peers = plan.peers.map((peer) => (peer.holds.kind === 'all' ? peer : { ...peer, holds: half }));
    const rest = processorTimeOf({ ...plan, peers }, 51).trafficMs;
    expect(rest).toBeCloseTo(trafficMs({ sizeKib: 1024 }));
  });

  it('says until when rates keep the last who joins, at the least, and nothing where there are none', () => {
    const plan = swarm();
    const [seeder, first, ...others] = plan.peers;
    const late = { ...first!, sessions: [{ joinMs: 5000, leave: null }] as PlannedPeer['sessions'] };
    const wholeMs = (2048 * 1024 * 8) / 2000;
    expect(processorTimeOf(plan, 51).busyMs).toBeCloseTo(wholeMs);
    expect(processorTimeOf({ ...plan, peers: [seeder!, late, ...others] }, 51).busyMs).toBeCloseTo(
      5000 + wholeMs,
    );
    expect(processorTimeOf(swarm({ link: 'none' }), 51).busyMs).toBe(0);
  });
});
