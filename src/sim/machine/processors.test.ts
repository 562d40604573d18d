import { availableParallelism } from 'node:os';
import { describe, expect, it } from 'vitest';
import { machineOf, ordinary, separate, statusOf, unified } from './machine-fixture.ts';
import { parallelThreads, processors } from './processors.ts';

const own = 'sys/fs/cgroup/user.slice/user-1000.slice/session-2.scope';

describe('the cores that a program may use', () => {
  it('are all of the machine where nothing limits it', () => {
    const all = { cores: 8, coresOfMachine: 8, limitedBy: null };
    for (const machine of [ordinary, unified, separate]) expect(processors(machineOf(machine))).toEqual(all);
  });

  it('are those that it is bound to', () => {
    const bound = { ...unified, 'proc/self/status': statusOf(1000, 11, { cores: '0-1,6' }) };
    expect(processors(machineOf(bound))).toEqual({ cores: 3, coresOfMachine: 8, limitedBy: 'affinity' });
  });

  it('are what the quota of its group gives, by version 2', () => {
    const root = machineOf({ ...unified, [`${own}/cpu.max`]: '150000 100000' });
    expect(processors(root)).toEqual({ cores: 1.5, coresOfMachine: 8, limitedBy: 'cgroup' });
  });

  it('are what the quota of its group gives, by version 1', () => {
    const root = machineOf({
      ...separate,
      'sys/fs/cgroup/cpu,cpuacct/batch/job-7/cpu.cfs_quota_us': '25000',
      'sys/fs/cgroup/cpu,cpuacct/batch/job-7/cpu.cfs_period_us': '50000',
    });
    expect(processors(root)).toEqual({ cores: 0.5, coresOfMachine: 8, limitedBy: 'cgroup' });
  });

  it('are the least of what the groups around it give', () => {
    const slice = 'sys/fs/cgroup/user.slice/user-1000.slice/cpu.max';
    const root = machineOf({ ...unified, [`${own}/cpu.max`]: '400000 100000', [slice]: '200000 100000' });
    expect(processors(root)).toMatchObject({ cores: 2, limitedBy: 'cgroup' });
    const free = machineOf({ ...unified, [`${own}/cpu.max`]: 'max 100000', [slice]: '300000 100000' });
    expect(processors(free)).toMatchObject({ cores: 3, limitedBy: 'cgroup' });
  });

  it('are those it is bound to where the quota gives more', () => {
    const root = machineOf({
      ...unified,
      'proc/self/status': statusOf(1000, 11, { cores: '2' }),
      [`${own}/cpu.max`]: '400000 100000',
    });
    expect(processors(root)).toMatchObject({ cores: 1, limitedBy: 'affinity' });
  });

  it.each([
    ['a container that sees its group as the root of the mount', '/docker/0f3c', '/docker/0f3c', ''],
    ['a group within such a container', '/docker/0f3c', '/docker/0f3c/inner', 'inner'],
    ['a container whose mount is of another group', '/docker/0f3c', '/kubepods/pod9/inner', 'inner'],
    ['a namespace that is entered from outside', '/', '/../../system.slice', ''],
    ['a folder with a space in its name', '/', '/my\\040group', 'my group'],
  ])('are found in %s', (_, within, path, folder) => {
    const written = path.replace('\\040', ' ');
    const root = machineOf({
      ...ordinary,
      'proc/self/cgroup': `0::${written}`,
      'proc/self/mountinfo': `35 24 0:30 ${within} /sys/fs/cgroup rw - cgroup2 cgroup rw`,
      [`sys/fs/cgroup/${folder}/cpu.max`]: '100000 100000',
    });
    expect(processors(root)).toMatchObject({ cores: 1, limitedBy: 'cgroup' });
  });

  it('are found where the mount point has a space in its name', () => {
    const root = machineOf({
      ...ordinary,
      'proc/self/cgroup': '0::/a',
      'proc/self/mountinfo': '35 24 0:30 / /mnt/control\\040groups rw - cgroup2 cgroup rw',
      'mnt/control groups/a/cpu.max': '100000 100000',
    });
    expect(processors(root).cores).toBe(1);
  });

  it('are known on this machine', () => {
    const here = processors();
    expect(here.cores).toBeGreaterThan(0);
    expect(here.cores).toBeLessThanOrEqual(availableParallelism());
    expect(here.coresOfMachine).toBeGreaterThanOrEqual(here.cores);
  });
});

describe('threads that work at once', () => {
  it.each([
    ['50000 100000', 1],
    ['150000 100000', 1],
    ['300000 100000', 3],
    ['max 100000', 8],
  ])('with cpu.max %j are %i', (quota, threads) => {
    expect(parallelThreads(machineOf({ ...unified, [`${own}/cpu.max`]: quota }))).toBe(threads);
  });
});
