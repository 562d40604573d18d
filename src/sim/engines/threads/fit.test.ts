import { describe, expect, it } from 'vitest';
import { MIB } from '../../../core/units.ts';
import { planOf, plannedPeer } from '../../measure/fixture.ts';
import type { Plan } from '../../plan/plan.ts';
import { shortagesOf, type MachineLimits } from './capacity.ts';
import { fitToMachine } from './fit.ts';

const roomy: MachineLimits = {
  openFiles: 1_000_000,
  memoryMaps: 65_530,
  threads: [],
  freeBytes: 64 * 1024 * MIB,
  freeSetBy: null,
  freeDiskBytes: 100 * 1024 * MIB,
  roomInMemoryBytes: 0,
  loopbackAddresses: 65_024,
};
const cores = { cores: 2 };

interface Options {
  readonly peersPerWorker?: number | 'auto';
  readonly maxConnections?: number;
  /** Bytes per second up and down; null: no limit. */
  readonly rate?: number | null;
  readonly mebibytes?: number;
}

function swarmOf(peers: number, about: Options = {}): Plan {
  const { peersPerWorker = 'auto', maxConnections = 50, rate = null, mebibytes = 1 } = about;
  const { policy: usual, link: plain } = plannedPeer('p');
  const policy = { ...usual, maxConnections };
  const link = { ...plain, upBytesPerSec: rate, downBytesPerSec: rate };
  const totalBytes = mebibytes * MIB;
  return planOf(
    Array.from({ length: peers }, (_, at) =>
      plannedPeer(`p/${at + 1}`, { holds: { kind: 'none' }, policy, link }),
    ),
    {
      content: { kind: 'generated', totalBytes, totalChunks: 4, chunkBytes: totalBytes / 4, seed: 'content' },
      engine: { peersPerWorker },
    },
  );
}

const fit = (plan: Plan, limits: Partial<MachineLimits> = {}) =>
  fitToMachine(plan, { ...roomy, ...limits }, cores);

describe('a plan that leaves threads to the machine', () => {
  it('has one for each peer while the cores carry them, and nothing to say', () => {
    const { plan, notes } = fit(swarmOf(64));
    expect(plan.engine.peersPerWorker).toBe(1);
    expect(notes).toEqual([]);
  });

  it('shares a few threads beyond, and says why', () => {
    const { plan, notes } = fit(swarmOf(500));
    expect(plan.engine.peersPerWorker).toBe(250);
    expect(notes).toEqual(['A thread has up to 250 peers: 500 threads are more than 2 cores carry (64).']);
  });

  it('shares one a core where a thread a peer takes more processor time than there is while links are busy', () => {
    const { plan, notes } = fit(swarmOf(50, { rate: 250_000 }));
    expect(plan.engine.peersPerWorker).toBe(25);
    expect(notes).toEqual([
      expect.stringMatching(
        /^A thread has up to 25 peers: with one for each peer the run would take about \S+ s of processor time, and 2 cores have 8\.39 s while links are busy\.$/,
      ),
    ]);
  });

  it('has one for each peer while there is time enough, where sharing saves little, and where no rate limits a link', () => {
    expect(fit(swarmOf(10, { rate: 250_000 })).plan.engine.peersPerWorker).toBe(1);
    expect(fit(swarmOf(50, { rate: 10_000, mebibytes: 1 })).plan.engine.peersPerWorker).toBe(1);
    expect(fit(swarmOf(20, { rate: 125_000_000, mebibytes: 1024 })).plan.engine.peersPerWorker).toBe(1);
    expect(fit(swarmOf(50)).plan.engine.peersPerWorker).toBe(1);
  });

  it('shares threads where a limit leaves room for fewer, and then fits', () => {
    const limits = { freeBytes: 400 * MIB };
    const { plan, notes } = fit(swarmOf(60), limits);
    expect(plan.engine.peersPerWorker).toBe(3);
    expect(notes).toEqual(['A thread has up to 3 peers: memory suffices for 23 threads of peers.']);
    expect(shortagesOf(plan, { ...roomy, ...limits })).toEqual([]);
  });

  it('has fewer connections where peers on other machines would take more than there are files for', () => {
    const limits = { ...roomy, openFiles: 800 };
    const of = (peersElsewhere: number) =>
      fitToMachine(swarmOf(20), limits, cores, { peersElsewhere, hasTracker: false, sharesAddress: true });
    expect(of(0).notes).toEqual([]);
    const { plan, notes } = of(20);
    expect(notes).toEqual([expect.stringMatching(/^A peer has at most 19 connections instead of 39: /)]);
    expect(shortagesOf(plan, limits, { peersElsewhere: 20, hasTracker: false, sharesAddress: true })).toEqual(
      [],
    );
  });

  it('keeps what the scenario asks for', () => {
    expect(fit(swarmOf(500, { peersPerWorker: 1 })).plan.engine.peersPerWorker).toBe(1);
    expect(fit(swarmOf(5, { peersPerWorker: 4 })).notes).toEqual([]);
  });
});

describe('connections', () => {
  it('are as many as the file limit holds: 500 peers start with 20,000 files', () => {
    const limits = { openFiles: 20_000 };
    const { plan, notes } = fit(swarmOf(500), limits);
    expect(shortagesOf(plan, { ...roomy, ...limits })).toEqual([]);
    expect(new Set(plan.peers.map(({ policy }) => policy.maxConnections))).toEqual(new Set([28]));
    expect(notes[1]).toBe(
      'A peer has at most 28 connections instead of 50: this process may open 20000 files (ulimit -n), and each ' +
        'connection takes one at either end.',
    );
  });

  it('are eight at least: so many are left to 1,000 peers with 20,000 files', () => {
    const limits = { openFiles: 20_000 };
    const { plan } = fit(swarmOf(1000), limits);
    expect(shortagesOf(plan, { ...roomy, ...limits })).toEqual([]);
    expect(new Set(plan.peers.map(({ policy }) => policy.maxConnections))).toEqual(new Set([8]));
  });

  it('of one peer that may have many are cut only as far as all together do not fit', () => {
    const [seeder, ...leechers] = swarmOf(401, { maxConnections: 10 }).peers;
    const ofSeeder = { ...seeder!, policy: { ...seeder!.policy, maxConnections: 400 } };
    const uneven = { ...swarmOf(401), peers: [ofSeeder, ...leechers] };
    const seederMax = (openFiles: number) =>
      fit(uneven, { openFiles }).plan.peers.map(({ policy }) => policy.maxConnections)[0];
    expect(seederMax(20_000)).toBe(400);
    expect(shortagesOf(fit(uneven, { openFiles: 8_700 }).plan, { ...roomy, openFiles: 8_700 })).toEqual([]);
    expect(seederMax(8_700)).toBe(207);
  });

  it('stay as they are where they fit, and where so few would be left that it is another swarm', () => {
    expect(fit(swarmOf(500)).plan.peers[0]!.policy.maxConnections).toBe(50);
    const { plan } = fit(swarmOf(500), { openFiles: 8000 });
    expect(plan.peers[0]!.policy.maxConnections).toBe(50);
    expect(shortagesOf(plan, { ...roomy, openFiles: 8000 })).toHaveLength(1);
  });
});
