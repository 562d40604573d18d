import { expect, it } from 'vitest';
import type { HostOfRun } from '../../engines/engine.ts';
import type { Trust } from '../../result/result.ts';
import { hostOfRun, measure, smallSwarm, testEnvironment } from '../fixture.ts';

const busy = hostOfRun({ cpuShare: 0.97 });

function trustOf(...hosts: HostOfRun[]): Trust {
  const { plan, record } = smallSwarm();
  return measure(plan, { ...record, host: { ...record.host, hosts } }, testEnvironment).trust;
}

const warningsOf = (...hosts: HostOfRun[]): readonly string[] => trustOf(...hosts).warnings;

it('a host whose clock may have been further off than a run begins with is doubted, with how far', () => {
  expect(warningsOf({ ...busy, cpuShare: 0.1, clockErrorMs: 25 })).toEqual([
    'The clock of host lab-1 may have been wrong by 25 ms (above 10 ms): what came first on different hosts is then not certain.',
    'The host lab-1 is doubtful.',
  ]);
});

it('hosts that are doubted are named, one alone as one', () => {
  expect(warningsOf(busy)).toEqual(['The host lab-1 is doubtful.']);
  expect(warningsOf(busy, { ...busy, name: 'lab-2', cpuShare: 0.1 })).toEqual([
    'Of 2 hosts doubtful: lab-1.',
  ]);
});

it('another time helps where a host is doubted for what others did to it alone', () => {
  const changes = {
    ownCpuShare: 0.1,
    othersCpuShare: 0.5,
    stolenCpuShare: 0,
    coresBefore: 2,
    coresAfter: 2,
    clockJumpMs: 0,
  };
  const { plan, record } = smallSwarm();
  const host = { ...record.host, changes, hosts: [{ ...busy, cpuShare: 0.1, changes }] };
  const { warnings, remedy } = measure(plan, { ...record, host }, testEnvironment).trust;
  expect(warnings.at(-1)).toBe('The host lab-1 is doubtful.');
  expect(remedy).toMatch(/^run it again when the machine is quiet/);
  expect(trustOf({ ...busy, lost: true }).remedy).toMatch(/^let fewer peers run/);
});
