import { describe, expect, it } from 'vitest';
import type { MachineChanges } from '../../machine/machine-changes.ts';
import { withoutOwn, worstChanges, type OnMachine } from './machine-share.ts';

const quiet: MachineChanges = {
  ownCpuShare: 0.25,
  othersCpuShare: 0.5,
  stolenCpuShare: 0,
  coresBefore: 4,
  coresAfter: 4,
  clockJumpMs: 0,
};

const on = (machine: string, changes: Partial<MachineChanges> = {}): OnMachine => ({
  machine,
  changes: { ...quiet, ...changes },
});

describe('what other programs used, of agents that share a machine', () => {
  it('leaves out what the other agents there used, and nothing of another machine', () => {
    const all = [on('a'), on('a', { ownCpuShare: 0.125 }), on('b', { ownCpuShare: 0.5 })];
    expect(all.map((one) => withoutOwn(one, all).othersCpuShare)).toEqual([0.375, 0.25, 0.5]);
  });

  it('is never less than nothing, and unknown where the system does not tell', () => {
    const all = [on('a', { othersCpuShare: 0.125 }), on('a', { ownCpuShare: 1 })];
    expect(withoutOwn(all[0]!, all).othersCpuShare).toBe(0);
    const silent = on('a', { othersCpuShare: null, ownCpuShare: null });
    expect(withoutOwn(silent, [silent]).othersCpuShare).toBeNull();
  });
});

describe('the changes of several machines', () => {
  it('are those of the machine where each is worst', () => {
    const worst = worstChanges([
      { ...quiet, coresAfter: 3, clockJumpMs: -900, stolenCpuShare: null },
      { ...quiet, coresAfter: 1, clockJumpMs: 800, stolenCpuShare: 0.125 },
      { ...quiet, othersCpuShare: 0.75 },
    ]);
    expect(worst).toEqual({
      ...quiet,
      othersCpuShare: 0.75,
      stolenCpuShare: 0.125,
      coresBefore: 4,
      coresAfter: 1,
      clockJumpMs: -900,
    });
  });
});
