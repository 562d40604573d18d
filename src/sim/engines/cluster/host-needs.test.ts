import { describe, expect, it } from 'vitest';
import { MIB } from '../../../core/units.ts';
import { planOf, plannedPeer } from '../../measure/fixture.ts';
import { needsOfHosts } from './host-needs.ts';

const plan = planOf(
  Array.from({ length: 12 }, (_, at) =>
    plannedPeer(`p/${at + 1}`, { holds: { kind: at === 0 ? 'all' : 'none' } }),
  ),
  { content: { kind: 'generated', totalBytes: 8 * MIB, totalChunks: 32, chunkBytes: MIB / 4, seed: 'c' } },
);
const host = (name: string, address: string, cores: number) => ({ info: { name, address, cores } });

describe('what a run over hosts needs', () => {
  it('is told of each host, and the processor of the one that has most to do for a core', () => {
    const { hosts, traffic } = needsOfHosts(plan, [
      host('large', '10.0.0.1', 8),
      host('small', '10.0.0.2', 1),
    ]);
    expect(hosts).toMatchObject([
      { name: 'large', peers: 6, cores: 8 },
      { name: 'small', peers: 6, cores: 1 },
    ]);
    expect(traffic).toMatchObject({ machine: 'small', cores: 1 });
  });

  it('adds up what agents of one machine have, who share its cores', () => {
    const apart = needsOfHosts(plan, [host('a', '10.0.0.1', 2), host('b', '10.0.0.2', 2)]).traffic!;
    const together = needsOfHosts(plan, [host('a', '127.0.0.3', 2), host('b', '127.0.0.4', 2)]).traffic!;
    expect(together).toMatchObject({ machine: 'a and b', cores: 2 });
    expect(together.processorMs).toBeGreaterThan(1.5 * apart.processorMs);
  });

  it('says nothing of processors where no host is there yet', () => {
    const { hosts, traffic, threads } = needsOfHosts(plan, []);
    expect([hosts, traffic]).toEqual([undefined, undefined]);
    expect(threads).toBe(13);
  });
});
