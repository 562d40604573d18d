import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { machineOf, ordinary, separate, unified } from './machine-fixture.ts';
import { watchThrottling } from './throttling.ts';

const statOf = (periods: number, throttled: number) =>
  `usage_usec 900\nuser_usec 500\nsystem_usec 400\nnr_periods ${periods}\nnr_throttled ${throttled}\nthrottled_usec 70`;

function write(root: string, path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

describe('how often a quota stopped the program', () => {
  it.each([
    ['version 2', unified, 'sys/fs/cgroup/user.slice/user-1000.slice/session-2.scope/cpu.stat'],
    ['version 1', separate, 'sys/fs/cgroup/cpu,cpuacct/batch/job-7/cpu.stat'],
  ])('is the share of periods since the watch began, by %s', (_, machine, stat) => {
    const root = machineOf({ ...machine, [stat]: statOf(1000, 900) });
    const read = watchThrottling(root);
    write(root, stat, statOf(1200, 950));
    expect(read()).toBe(0.25);
  });

  it('is that of the group that stopped it most', () => {
    const slice = 'sys/fs/cgroup/user.slice/cpu.stat';
    const own = 'sys/fs/cgroup/user.slice/user-1000.slice/session-2.scope/cpu.stat';
    const root = machineOf({ ...unified, [own]: statOf(0, 0), [slice]: statOf(0, 0) });
    const read = watchThrottling(root);
    write(root, own, statOf(100, 10));
    write(root, slice, statOf(100, 60));
    expect(read()).toBe(0.6);
  });

  it('is nothing where no quota counts periods', () => {
    expect(watchThrottling(machineOf(ordinary))()).toBeNull();
    expect(watchThrottling(machineOf(unified))()).toBeNull();
    expect(watchThrottling(machineOf({ ...unified, 'sys/fs/cgroup/cpu.stat': 'usage_usec 5' }))()).toBeNull();
  });
});
