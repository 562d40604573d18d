import { afterEach, describe, expect, it, vi } from 'vitest';
import { ConfigError } from '../../../core/errors.ts';
import { MIB } from '../../../core/units.ts';
import type { Plan, PlannedPeer } from '../../plan/plan.ts';
import { machineLimits, requireCapacity } from './capacity.ts';

const GIB = 1024 * MIB;

const roomy = {
  openFiles: 1_000_000,
  memoryMaps: 65_530,
  freeBytes: 64 * GIB,
  freeDiskBytes: 100 * GIB,
  roomInMemoryBytes: 0,
};

function planOf(peers: number, peersPerWorker = 1, maxConnections = 50): Plan {
  const peer = { policy: { maxConnections }, holds: { kind: 'none' } } as PlannedPeer;
  const content = { kind: 'generated', totalBytes: MIB };
  return {
    content,
    peers: new Array<PlannedPeer>(peers).fill(peer),
    engine: { peersPerWorker },
  } as unknown as Plan;
}

describe('requireCapacity', () => {
  it('lets through what fits', () => {
    expect(() => requireCapacity(planOf(500), roomy)).not.toThrow();
  });

  it('refuses more threads than there are memory maps for, naming the figure and the setting', () => {
    expect(() => requireCapacity(planOf(2000), roomy)).toThrow(
      /2000 peers .* need 2001 threads, and this machine holds 1638: .*80040 memory maps, there are 65530.*set engine\.peers_per_worker to 2 or more/,
    );
  });

  it('proposes a number of peers a worker that then fits', () => {
    expect(() => requireCapacity(planOf(20_000, 1, 10), roomy)).toThrow(/peers_per_worker to 13 or more/);
    expect(() => requireCapacity(planOf(20_000, 13, 10), roomy)).not.toThrow();
  });

  it('refuses what memory cannot hold', () => {
    expect(() => requireCapacity(planOf(100), { ...roomy, freeBytes: 400 * MIB })).toThrow(
      /808 MiB of memory, there are 400 MiB/,
    );
  });

  it('counts sockets: with too few open files no number of peers a worker helps', () => {
    expect(() => requireCapacity(planOf(500), { ...roomy, openFiles: 20_000 })).toThrow(ConfigError);
    expect(() => requireCapacity(planOf(500), { ...roomy, openFiles: 20_000 })).toThrow(
      /ulimit -n, or fewer policy\.max_connections.*no engine\.peers_per_worker is enough/,
    );
    expect(() => requireCapacity(planOf(500, 1, 10), { ...roomy, openFiles: 20_000 })).not.toThrow();
  });

  it.each([{ openFiles: 100 }, { freeBytes: MIB }, { memoryMaps: 50 }])(
    'does not speak of 0 or 1 threads, which no swarm can do with: %j',
    (short) => {
      const message =
        /^500 peers with engine.peers_per_worker 1 are too many for this machine: they need .* there are /;
      expect(() => requireCapacity(planOf(500), { ...roomy, ...short })).toThrow(message);
      expect(() => requireCapacity(planOf(500), { ...roomy, ...short })).not.toThrow(/holds \d/);
    },
  );

  it('refuses more bytes than the disk has room for, and counts what peers hold at the start once', () => {
    const small = { ...roomy, freeDiskBytes: 10 * MIB };
    expect(() => requireCapacity(planOf(9), small)).not.toThrow();
    expect(() => requireCapacity(planOf(10), small)).toThrow(
      /take 11 MiB below .*, where 10 MiB are free.*TMPDIR/,
    );
    const seeders = planOf(10);
    const peers = seeders.peers.map((peer) => ({ ...peer, holds: { kind: 'all' } as const }));
    expect(() => requireCapacity({ ...seeders, peers }, small)).not.toThrow();
  });

  describe('where the temporary folder cannot be used', () => {
    afterEach(() => vi.unstubAllEnvs());

    it('names it, what is wrong and TMPDIR', () => {
      vi.stubEnv('TMPDIR', '/nowhere');
      expect(() => requireCapacity(planOf(9), machineLimits())).toThrow(ConfigError);
      expect(() => requireCapacity(planOf(9), machineLimits())).toThrow(
        /below \/nowhere, which cannot be used: it does not exist; set TMPDIR/,
      );
    });

    it('lets through what fits into memory', () => {
      const limits = { ...roomy, freeDiskBytes: 0, diskTrouble: 'it does not exist', roomInMemoryBytes: GIB };
      expect(() => requireCapacity(planOf(9), limits)).not.toThrow();
    });
  });

  it('finds the limits of this machine', () => {
    const limits = machineLimits();
    expect(limits.openFiles).toBeGreaterThan(0);
    expect(limits.memoryMaps).toBeGreaterThan(0);
    expect(limits.freeBytes).toBeGreaterThan(0);
    expect(limits.freeDiskBytes).toBeGreaterThan(0);
  });
});
