import { describe, expect, it } from 'vitest';
import type { Plan } from '../plan/plan.ts';
import { planOf, plannedPeer } from '../measure/fixture.ts';
import {
  describeOverload,
  describeRemedies,
  overloadOf,
  overloadWarning,
  type Overload,
} from './overload.ts';

const seeder = plannedPeer('seeder', { holds: { kind: 'all' } });
const leechers = Array.from({ length: 99 }, (_, at) => plannedPeer(`leecher-${at}`));
const plan = planOf([seeder, ...leechers]);

/**
 * A second of processor time for each peer, a tenth of it with the longest slices, `shared` of it where peers share
 * threads, in a run of `boundMs`.
 */
function overload(boundMs: number, shared = 1): Overload | null {
  const processorMs = ({ peers, engine }: Plan): number =>
    peers.length * (engine.sliceMs === undefined ? 1000 : 100) * (engine.peersPerWorker === 1 ? 1 : shared);
  return overloadOf(plan, {
    needs: (one) => ({
      threads: 1,
      memoryBytes: 0,
      descriptorsMax: 0,
      diskBytes: 0,
      setupMs: 0,
      runMs: null,
      traffic: { processorMs: processorMs(one), cores: 2 },
    }),
    boundMsOf: () => boundMs,
  });
}

describe('a run that asks for more than the processors have', () => {
  it('is told before it begins, with what helps', () => {
    const told = overload(20_000)!;
    expect(told.likely).toBe(true);
    expect(describeOverload(told)).toBe(
      'about 1 min 40 s of processor time to connect and move the bytes, and 2 cores have 40 s in the least time of the run',
    );
    expect(describeRemedies(told, plan)).toEqual([
      'engine.slice: 100 ms has rates let go less often',
      expect.stringMatching(/^about 36 of these 100 peers/),
    ]);
    expect(overloadWarning([null, told])).toMatch(/^1 of 2 runs will not be trustworthy: about 1 min 40 s/);
  });

  it('is told to share a thread for each core where that is enough', () => {
    expect(describeRemedies(overload(20_000, 0.3)!, plan)[0]).toBe(
      'engine.peers_per_worker: 50 has peers share a thread for each core',
    );
    expect(describeRemedies(overload(20_000, 0.5)!, plan)[0]).toMatch(/^engine\.slice/);
  });

  it('is in doubt where the estimate would only have to be half as high again', () => {
    const told = overload(70_000)!;
    expect(told.likely).toBe(false);
    expect(overloadWarning([told])).toBeUndefined();
  });

  it('is no matter where there is enough, or where no rate limits the swarm', () => {
    expect([overload(200_000), overload(0), overload(Infinity)]).toEqual([null, null, null]);
  });

  it('is not what a tiny swarm is that is over at once', () => {
    const needs = { threads: 4, memoryBytes: 0, descriptorsMax: 0, diskBytes: 0, setupMs: 0, runMs: null };
    const traffic = { processorMs: 100, cores: 2 };
    const told = overloadOf(plan, { needs: () => ({ ...needs, traffic }), boundMsOf: () => 5 });
    expect(told).toBeNull();
  });
});
