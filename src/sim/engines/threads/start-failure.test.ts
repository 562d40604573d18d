import { describe, expect, it } from 'vitest';
import { EngineError } from '../../../core/errors.ts';
import { limitsOf, machineOf, ordinary, unified } from '../../machine/machine-fixture.ts';
import { startFailure } from './start-failure.ts';

function refusal(reason: string): Error {
  const code = 'ERR_WORKER_INIT_FAILED';
  return Object.assign(new Error(`Worker initialization failure: ${reason}`), { code });
}

describe('a thread that cannot be started', () => {
  it('is no defect: the limit of the user is named, and what helps', () => {
    const root = machineOf({ ...ordinary, 'proc/self/limits': limitsOf('15') });
    const told = startFailure(refusal('EAGAIN'), root);
    expect(told).toBeInstanceOf(EngineError);
    expect((told as Error).message).toBe(
      'no further thread can be started: threads of this user (15 at most, 15 in use); ' +
        'take fewer peers or a higher engine.peers_per_worker, or raise ulimit -u',
    );
  });

  it('names the limit of a cgroup', () => {
    const slice = 'sys/fs/cgroup/user.slice';
    const root = machineOf({ ...unified, [`${slice}/pids.max`]: '64', [`${slice}/pids.current`]: '63' });
    expect((startFailure(refusal('EAGAIN'), root) as Error).message).toMatch(
      /threads of the cgroup \(64 at most, 63 in use\);.*raise pids\.max in .*user\.slice$/,
    );
  });

  it('says so where the limit cannot be seen, as in a container', () => {
    expect((startFailure(refusal('EAGAIN'), machineOf(ordinary)) as Error).message).toContain(
      'the system refuses it (EAGAIN) and does not say which limit it has reached',
    );
  });

  it.each([
    ['EMFILE', 'raise ulimit -n'],
    ['ENFILE', 'raise sysctl fs.file-max'],
    ['ENOMEM', 'refuses it (ENOMEM)'],
  ])('for %s says %j', (reason, words) => {
    expect((startFailure(refusal(reason), machineOf(ordinary)) as Error).message).toContain(words);
  });

  it('is not what any other error is', () => {
    const other = new TypeError('boom');
    expect(startFailure(other)).toBe(other);
  });
});
