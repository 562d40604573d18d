import { afterEach, describe, expect, it, vi } from 'vitest';
import { ConfigError } from '../../../core/errors.ts';
import { MIB } from '../../../core/units.ts';
import { planOf, plannedPeer } from '../../measure/fixture.ts';
import { unlimitedLink } from '../../plan/plan.ts';
import {
  machineLimits,
  requireCapacity,
  shortagesOf,
  type FittedPlan,
  type MachineLimits,
} from './capacity.ts';
import { WHOLE, type PartOfRun } from './part-of-run.ts';

const GIB = 1024 * MIB;

const roomy = {
  openFiles: 1_000_000,
  memoryMaps: 65_530,
  threads: [],
  freeBytes: 64 * GIB,
  freeSetBy: null,
  freeDiskBytes: 100 * GIB,
  roomInMemoryBytes: 0,
  loopbackAddresses: 65_024,
};

function planWith(
  peers: number,
  { peersPerWorker = 1, maxConnections = 50, link = unlimitedLink } = {},
): FittedPlan {
  const policy = { ...plannedPeer('p').policy, maxConnections };
  const plan = planOf(
    Array.from({ length: peers }, (_, at) =>
      plannedPeer(`p/${at + 1}`, { holds: { kind: 'none' }, policy, link }),
    ),
    {
      content: { kind: 'generated', totalBytes: MIB, totalChunks: 4, chunkBytes: MIB / 4, seed: 'content' },
    },
  );
  return { ...plan, engine: { peersPerWorker } };
}

const remedyOf = (plan: FittedPlan, limits: MachineLimits) => shortagesOf(plan, limits)[0]?.remedy;

describe('what is short', () => {
  it('is nothing where all fits', () => {
    expect(shortagesOf(planWith(500), roomy)).toEqual([]);
    expect(() => requireCapacity(planWith(500), roomy)).not.toThrow();
  });

  it('are memory maps where there are too many threads, with the setting that helps', () => {
    expect(shortagesOf(planWith(2000), roomy)).toEqual([
      {
        what: 'memory maps',
        unit: 'count',
        needed: 80_040,
        available: 65_530,
        remedy: 'set engine.peers_per_worker to 2 or more, or raise sysctl vm.max_map_count',
      },
    ]);
  });

  it('is helped by the number of peers a worker that is proposed', () => {
    const options = { maxConnections: 10 };
    expect(remedyOf(planWith(20_000, options), roomy)).toContain('set engine.peers_per_worker to 13 or more');
    expect(shortagesOf(planWith(20_000, { ...options, peersPerWorker: 13 }), roomy)).toEqual([]);
  });

  it('is memory', () => {
    const [short] = shortagesOf(planWith(100), { ...roomy, freeBytes: 400 * MIB });
    expect(short).toMatchObject({ what: 'memory', needed: 1478 * MIB, available: 400 * MIB });
  });

  it('is memory of a cgroup, whose setting is named', () => {
    const limits = { ...roomy, freeBytes: 400 * MIB, freeSetBy: 'memory.max in /sys/fs/cgroup/job' };
    expect(remedyOf(planWith(100), limits)).toMatch(
      /^set engine\.peers_per_worker to 5 or more, or raise memory\.max in \/sys\/fs\/cgroup\/job$/,
    );
  });

  it('are threads, by each limit that is too low, with room for those that Node itself starts', () => {
    const user = { what: 'threads of this user', setting: 'ulimit -u', max: 60, used: 20 };
    const group = { what: 'threads of the cgroup', setting: 'pids.max in /job', max: 30, used: 11 };
    const machine = { what: 'threads of the machine', setting: 'sysctl kernel.pid_max', max: 4e6, used: 300 };
    expect(shortagesOf(planWith(41), { ...roomy, threads: [group, user, machine] })).toEqual([
      {
        what: 'threads of the cgroup (30 at most, 11 in use)',
        unit: 'count',
        needed: 46,
        available: 19,
        remedy: 'set engine.peers_per_worker to 3 or more, or raise pids.max in /job',
      },
      {
        what: 'threads of this user (60 at most, 20 in use)',
        unit: 'count',
        needed: 46,
        available: 40,
        remedy: 'set engine.peers_per_worker to 2 or more, or raise ulimit -u',
      },
    ]);
    expect(shortagesOf(planWith(41, { peersPerWorker: 3 }), { ...roomy, threads: [group] })).toEqual([]);
  });

  it('are open files, sockets among them: with too few no number of peers a worker helps', () => {
    const limits = { ...roomy, openFiles: 20_000 };
    expect(remedyOf(planWith(500), limits)).toBe(
      'take fewer peers (sharing threads by engine.peers_per_worker does not help enough), or raise ulimit -n, or lower policy.max_connections',
    );
    expect(shortagesOf(planWith(500, { maxConnections: 10 }), limits)).toEqual([]);
  });

  it('are open files of connections to peers on other machines, too, and of theirs to the tracker where that lives here', () => {
    const part = { peersElsewhere: 30, hasTracker: false, sharesAddress: true };
    const filesFor = (one: PartOfRun): number =>
      shortagesOf(planWith(20), { ...roomy, openFiles: 0 }, one).find(({ what }) => what === 'open files')!
        .needed;
    const alone = filesFor({ ...part, peersElsewhere: 0 });
    expect(filesFor(part) - alone).toBe(20 * 30);
    expect(filesFor({ ...part, hasTracker: true }) - alone).toBe(20 * 30 + 30);
  });

  it('are no addresses of loopback where peers share that of their host', () => {
    const limits = { ...roomy, loopbackAddresses: 1 };
    const plan = planWith(3, { link: { ...unlimitedLink, window: { bytes: 65_536, slowStart: false } } });
    expect(shortagesOf(plan, limits)).toHaveLength(1);
    expect(shortagesOf(plan, limits, { ...WHOLE, sharesAddress: true })).toEqual([]);
  });

  it.each([{ openFiles: 100 }, { freeBytes: MIB }, { memoryMaps: 50 }])(
    'is not helped by threads of which there are less than two: %j',
    (short) => {
      expect(remedyOf(planWith(500), { ...roomy, ...short })).toMatch(
        /^take fewer peers \(sharing threads by engine\.peers_per_worker does not help enough\)/,
      );
    },
  );

  it('is disk, and what peers hold at the start counts once', () => {
    const small = { ...roomy, freeDiskBytes: 10 * MIB };
    expect(shortagesOf(planWith(9), small)).toEqual([]);
    const plan = planWith(10);
    expect(shortagesOf(plan, small)).toMatchObject([
      {
        unit: 'bytes',
        needed: 11 * MIB,
        available: 10 * MIB,
        remedy: expect.stringContaining('TMPDIR') as string,
      },
    ]);
    const seeders = plan.peers.map((peer) => ({ ...peer, holds: { kind: 'all' } as const }));
    expect(shortagesOf({ ...plan, peers: seeders }, small)).toEqual([]);
  });

  it('are loopback addresses on a system with one, where each peer needs its own', () => {
    const link = { ...unlimitedLink, window: { bytes: 1000, slowStart: false } };
    const limits = { ...roomy, loopbackAddresses: 1 };
    expect(shortagesOf(planWith(3, { link }), limits)).toMatchObject([
      { what: 'loopback addresses, one for each peer because of link.window', needed: 3, available: 1 },
    ]);
    expect(shortagesOf(planWith(3), limits)).toEqual([]);
  });

  it('is told all at once, each with its remedy', () => {
    const limits = { ...roomy, openFiles: 20_000, freeDiskBytes: 10 * MIB };
    expect(() => requireCapacity(planWith(500), limits)).toThrow(ConfigError);
    expect(() => requireCapacity(planWith(500), limits)).toThrow(
      /^\S+ cannot be run, 2 things are short:\n {2}open files: 33570 needed, 20000 available; take fewer peers .*\n {2}temporary files below .*: 501 MiB needed, 10 MiB available; set TMPDIR/,
    );
  });

  describe('where the temporary folder cannot be used', () => {
    afterEach(() => vi.unstubAllEnvs());

    it('names it, what is wrong and TMPDIR', () => {
      vi.stubEnv('TMPDIR', '/nowhere');
      expect(() => requireCapacity(planWith(9), machineLimits())).toThrow(ConfigError);
      expect(() => requireCapacity(planWith(9), machineLimits())).toThrow(
        /below \/nowhere: .* needed, 0 B available; set TMPDIR to another folder; this one cannot be used \(it does not exist\)/,
      );
    });

    it('lets through what fits into memory', () => {
      const limits = { ...roomy, freeDiskBytes: 0, diskTrouble: 'it does not exist', roomInMemoryBytes: GIB };
      expect(() => requireCapacity(planWith(9), limits)).not.toThrow();
    });
  });

  it('finds the limits of this machine', () => {
    const limits = machineLimits();
    expect(limits.openFiles).toBeGreaterThan(0);
    expect(limits.memoryMaps).toBeGreaterThan(0);
    expect(limits.freeBytes).toBeGreaterThan(0);
    if (process.platform === 'linux') expect(limits.threads.length).toBeGreaterThan(0);
    expect(limits.freeDiskBytes).toBeGreaterThan(0);
  });
});
