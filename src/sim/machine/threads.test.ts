import { describe, expect, it } from 'vitest';
import { limitsOf, machineOf, ordinary, separate, statusOf, unified } from './machine-fixture.ts';
import { threadLimits, threadsLeft } from './threads.ts';

const ofUser = (files: Readonly<Record<string, string>>) =>
  threadLimits(machineOf(files)).find(({ setting }) => setting === 'ulimit -u');

describe('the limits on threads', () => {
  it('are those of the whole machine where nothing else limits it', () => {
    for (const machine of [ordinary, unified, separate]) {
      expect(threadLimits(machineOf(machine))).toEqual([
        { what: 'threads of the machine', setting: 'sysctl kernel.threads-max', max: 192_730, used: 800 },
        { what: 'threads of the machine', setting: 'sysctl kernel.pid_max', max: 4_194_004, used: 800 },
      ]);
    }
  });

  it('count what the user runs, in all its programs', () => {
    const limited = { ...ordinary, 'proc/self/limits': limitsOf('30') };
    expect(ofUser(limited)).toMatchObject({ what: 'threads of this user', max: 30, used: 15 });
    expect(threadLimits(machineOf(limited)).map(threadsLeft)[0]).toBe(15);
  });

  it.each([
    ['root', statusOf(0, 11, { capabilities: '0000000000000000' })],
    ['who may exceed limits (CAP_SYS_RESOURCE)', statusOf(1000, 11, { capabilities: '0000000001000000' })],
    ['who may administer (CAP_SYS_ADMIN)', statusOf(1000, 11, { capabilities: '0000000000200000' })],
  ])('of a user do not hold for %s', (_, status) => {
    expect(ofUser({ ...ordinary, 'proc/self/limits': limitsOf('30'), 'proc/self/status': status })).toBe(
      undefined,
    );
  });

  it('of a user hold for one who is root only of a container', () => {
    const contained = {
      ...ordinary,
      'proc/self/limits': limitsOf('60'),
      'proc/self/uid_map': '         0       1000          1\n         1     100000      65536',
      'proc/self/status': statusOf(0, 11),
    };
    expect(ofUser(contained)).toMatchObject({ max: 60, used: 50 });
  });

  it('are those of each group around the program, the tightest first', () => {
    const slice = 'sys/fs/cgroup/user.slice/user-1000.slice';
    const root = machineOf({
      ...unified,
      [`${slice}/session-2.scope/pids.max`]: '100',
      [`${slice}/session-2.scope/pids.current`]: '20',
      [`${slice}/pids.max`]: '120',
      [`${slice}/pids.current`]: '90',
    });
    const [first, second] = threadLimits(root);
    expect(first).toMatchObject({ what: 'threads of the cgroup', max: 120, used: 90 });
    expect(first!.setting).toMatch(/^pids\.max in .*user-1000\.slice$/);
    expect(second).toMatchObject({ max: 100, used: 20 });
  });

  it('are those of a group of version 1', () => {
    const folder = 'sys/fs/cgroup/pids/batch';
    const root = machineOf({ ...separate, [`${folder}/pids.max`]: '64', [`${folder}/pids.current`]: '70' });
    expect(threadLimits(root)[0]).toMatchObject({ what: 'threads of the cgroup', max: 64, used: 70 });
    expect(threadsLeft(threadLimits(root)[0]!)).toBe(0);
  });

  it('are none where the system tells of none', () => {
    expect(threadLimits(machineOf({}))).toEqual([]);
  });
});
