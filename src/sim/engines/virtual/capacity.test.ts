import { describe, expect, it } from 'vitest';
import { MIB } from '../../../core/units.ts';
import { expand } from '../../expand/expand.ts';
import { parseScenario } from '../../scenario/parse.ts';
import { needsOf, shortagesOf } from './capacity.ts';

const GIB = 1024 * MIB;
const text = `
content: { generate: { size: 1MiB, chunk_size: 128KiB } }
peers: { seeder: { holds: all }, leechers: { count: 999 } }
`;
const plan = expand(parseScenario(text, 'capacity.yaml'));
const needed = needsOf(plan).memoryBytes;
const fewer = 'take fewer or larger chunks, fewer peers or a lower policy.max_connections, or ';

describe('memory that a run in virtual time would need', () => {
  it('is no shortage where the machine and the heap have it', () => {
    expect(needed).toBeLessThan(2 * GIB);
    expect(shortagesOf(plan, { freeBytes: 2 * GIB, freeSetBy: null, heapBytes: 2 * GIB })).toEqual([]);
  });

  it('is one where the heap of Node ends before, and the remedy tells how large it must be', () => {
    const [shortage] = shortagesOf(plan, { freeBytes: 2 * GIB, freeSetBy: null, heapBytes: GIB });
    expect(shortage).toMatchObject({ what: 'memory', needed, available: GIB });
    expect(shortage!.remedy).toMatch(/^take fewer .*, or set NODE_OPTIONS=--max-old-space-size=1[0-9]00$/);
  });

  it('is one where the machine or a group has less, and the remedy tells what to raise', () => {
    const machine = shortagesOf(plan, { freeBytes: GIB, freeSetBy: null, heapBytes: 2 * GIB });
    expect(machine).toMatchObject([{ available: GIB, remedy: `${fewer}free memory` }]);
    const group = shortagesOf(plan, { freeBytes: GIB, freeSetBy: 'memory.max in x', heapBytes: 2 * GIB });
    expect(group).toMatchObject([{ remedy: `${fewer}raise memory.max in x` }]);
    const [both] = shortagesOf(plan, { freeBytes: GIB, freeSetBy: null, heapBytes: GIB });
    expect(both!.remedy).toMatch(/max-old-space-size=\d+ and free memory$/);
  });
});
