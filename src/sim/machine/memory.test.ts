import { freemem, totalmem } from 'node:os';
import { describe, expect, it } from 'vitest';
import { MIB } from '../../core/units.ts';
import { machineOf, separate, unified } from './machine-fixture.ts';
import { memory } from './memory.ts';

const own = 'sys/fs/cgroup/user.slice/user-1000.slice/session-2.scope';

describe('the memory that a program may use', () => {
  it('is that of the machine where no group limits it', () => {
    for (const machine of [unified, separate]) {
      expect(memory(machineOf(machine))).toMatchObject({
        totalBytes: totalmem(),
        limitedBy: null,
        freeSetBy: null,
      });
    }
  });

  it('is what its group may have, less what is in use there, by version 2', () => {
    const root = machineOf({
      ...unified,
      [`${own}/memory.max`]: String(64 * MIB),
      [`${own}/memory.high`]: 'max',
      [`${own}/memory.current`]: String(40 * MIB),
      [`${own}/memory.stat`]: `anon ${20 * MIB}\nfile ${20 * MIB}\ninactive_file ${16 * MIB}`,
    });
    const found = memory(root);
    expect(found).toMatchObject({ totalBytes: 64 * MIB, freeBytes: 40 * MIB, limitedBy: 'cgroup' });
    expect(found.freeSetBy).toMatch(/^memory\.max in .*session-2\.scope$/);
  });

  it('is what its group may have, less what is in use there, by version 1', () => {
    const folder = 'sys/fs/cgroup/memory/batch/job-7';
    const root = machineOf({
      ...separate,
      [`${folder}/memory.limit_in_bytes`]: String(64 * MIB),
      [`${folder}/memory.usage_in_bytes`]: String(40 * MIB),
      [`${folder}/memory.stat`]: `inactive_file ${MIB}\ntotal_inactive_file ${16 * MIB}`,
    });
    expect(memory(root)).toMatchObject({ totalBytes: 64 * MIB, freeBytes: 40 * MIB, limitedBy: 'cgroup' });
  });

  it('ends where threads are slowed down for it', () => {
    const root = machineOf({
      ...unified,
      [`${own}/memory.max`]: String(64 * MIB),
      [`${own}/memory.high`]: String(48 * MIB),
      [`${own}/memory.current`]: String(40 * MIB),
    });
    expect(memory(root)).toMatchObject({ totalBytes: 48 * MIB, freeBytes: 8 * MIB });
  });

  it('is the least of what the groups around it may have, which need not be the same for what is free', () => {
    const slice = 'sys/fs/cgroup/user.slice';
    const root = machineOf({
      ...unified,
      [`${own}/memory.max`]: String(64 * MIB),
      [`${own}/memory.current`]: String(8 * MIB),
      [`${slice}/memory.max`]: String(128 * MIB),
      [`${slice}/memory.current`]: String(126 * MIB),
    });
    const found = memory(root);
    expect(found).toMatchObject({ totalBytes: 64 * MIB, freeBytes: 2 * MIB });
    expect(found.freeSetBy).toMatch(/^memory\.max in .*user\.slice$/);
  });

  it('is never less than nothing', () => {
    const root = machineOf({
      ...unified,
      [`${own}/memory.max`]: String(MIB),
      [`${own}/memory.current`]: String(2 * MIB),
    });
    expect(memory(root).freeBytes).toBe(0);
  });

  it('is known on this machine', () => {
    const here = memory();
    expect(here.totalBytes).toBeLessThanOrEqual(totalmem());
    expect(here.freeBytes).toBeGreaterThan(0);
    expect(freemem()).toBeGreaterThan(0);
  });
});
