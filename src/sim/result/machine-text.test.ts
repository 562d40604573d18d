import { expect, it } from 'vitest';
import { MIB } from '../../core/units.ts';
import { testEnvironment } from '../measure/fixture.ts';
import { describeCores, describeMachine } from './machine-text.ts';

const environment = { ...testEnvironment, cpu: 'AMD EPYC', cores: 8, memoryBytes: 8192 * MIB };

it('tells cores and memory of a machine that nothing limits', () => {
  expect(describeMachine(environment)).toBe('AMD EPYC, 8 cores, 8 GiB memory');
});

it('tells what a run had of the machine, and what kept it from the rest', () => {
  const limited = {
    ...environment,
    cores: 0.5,
    coresLimit: { by: 'cgroup', ofMachine: 8 },
    memoryBytes: 512 * MIB,
    memoryLimit: { by: 'cgroup', ofMachineBytes: 8192 * MIB },
  } as const;
  expect(describeMachine(limited)).toBe(
    'AMD EPYC, 0.5 of 8 cores (by the cgroup), 512 MiB of 8 GiB memory (by the cgroup)',
  );
  expect(describeCores({ ...environment, cores: 2, coresLimit: { by: 'affinity', ofMachine: 8 } })).toBe(
    '2 of 8 cores (by its affinity)',
  );
});
