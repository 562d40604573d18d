import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { machineOf, ordinary, statusOf } from './machine-fixture.ts';
import { describeChanges, machineId, watchMachine, type MachineChanges } from './machine-changes.ts';
import { machineTimes } from './machine-times.ts';

const PERIOD_MS = 10_000;

const unchanged: MachineChanges = {
  ownCpuShare: 0.5,
  othersCpuShare: 0.15,
  stolenCpuShare: 0.05,
  coresBefore: 4,
  coresAfter: 4,
  clockJumpMs: 110,
};

/** As the kernel has it: user nice system idle iowait irq softirq steal guest guest_nice, in ticks of 10 ms. */
const times = (...ticks: readonly number[]): string =>
  `cpu  ${ticks.join(' ')}\ncpu0 1 1 1 1 1 1 1 1 0 0\nintr 5`;

/** So long that what this process uses meanwhile is nothing. */
const stat = { before: times(100, 0, 50, 1000, 0, 0, 0, 0, 0, 0) };
const later = times(1_000_100, 500_000, 500_050, 5_501_000, 500_000, 500_000, 500_000, 1_000_000, 7, 7);

describe('what happened to the machine', () => {
  it('is how much of all cores others used, and the host of a virtual machine took, since the watch began', () => {
    const root = machineOf({ ...ordinary, 'proc/stat': stat.before });
    const read = watchMachine(root);
    writeFileSync(join(root, 'proc/stat'), later);
    const { ownCpuShare, othersCpuShare, stolenCpuShare } = read();
    expect(othersCpuShare).toBeCloseTo(0.3, 3);
    expect(stolenCpuShare).toBeCloseTo(0.1, 5);
    expect(ownCpuShare).toBeCloseTo(0, 3);
  });

  it('tells of another program that works, on this machine', async () => {
    const work =
      'const used = () => Object.values(process.cpuUsage()).reduce((sum, us) => sum + us); while (used() < 700_000); console.log("done"); setInterval(() => {}, 1000)';
    const read = watchMachine();
    const before = machineTimes();
    const other = spawn(process.execPath, ['-e', work], { stdio: ['ignore', 'pipe', 'inherit'] });
    onTestFinished(() => void other.kill('SIGKILL'));
    await once(other.stdout, 'data');
    const now = machineTimes();
    const { othersCpuShare } = read();
    const allMs = now.busyMs + now.idleMs + now.stolenMs - before.busyMs - before.idleMs - before.stolenMs;
    expect(othersCpuShare! * allMs).toBeGreaterThan(500);
  });

  it('is unknown while too little time has passed for the ticks of the kernel', () => {
    const root = machineOf({ ...ordinary, 'proc/stat': stat.before });
    const { othersCpuShare, stolenCpuShare, ownCpuShare } = watchMachine(root)();
    expect([othersCpuShare, stolenCpuShare, ownCpuShare]).toEqual([null, null, null]);
  });

  it('is the cores that were taken away meanwhile', () => {
    const root = machineOf(ordinary);
    const read = watchMachine(root);
    writeFileSync(join(root, 'proc/self/status'), statusOf(1000, 11, { cores: '0-2' }));
    expect(read()).toMatchObject({ coresBefore: 8, coresAfter: 3 });
  });

  it('is by how much the clock of the day was set, or went on while the machine slept', () => {
    const clocks = { day: 5000, steady: 70 };
    const read = watchMachine(machineOf(ordinary), {
      dayMs: () => clocks.day,
      steadyMs: () => clocks.steady,
    });
    clocks.day += 90_000;
    clocks.steady += 30_000;
    expect(read().clockJumpMs).toBe(60_000);
  });

  it('is nothing at its limits, and told in a sentence with the figure beyond each', () => {
    expect(describeChanges(unchanged, PERIOD_MS)).toEqual([]);
    const cases: [Partial<MachineChanges>, RegExp][] = [
      [{ othersCpuShare: 0.34 }, /^Other programs used 34 % of all cores during the run \(above 15/],
      [{ stolenCpuShare: 0.08 }, /^The host of this virtual machine gave 8 % of its cores to others/],
      [{ coresAfter: 2 }, /^The cores that the run may use changed from 4 to 2 meanwhile\.$/],
      [
        { clockJumpMs: 3200 },
        /^The clock of the day moved 3\.20? s more .* the machine slept, or its clock was set/,
      ],
      [{ clockJumpMs: -3200 }, /^The clock of the day moved 3\.20? s less /],
    ];
    for (const [change, sentence] of cases) {
      const found = describeChanges({ ...unchanged, ...change }, PERIOD_MS);
      expect(found).toEqual([expect.stringMatching(sentence)]);
    }
  });
});

it('a machine has one name for all its processes, until it starts anew', () => {
  const root = machineOf({
    ...ordinary,
    'proc/sys/kernel/random/boot_id': '7c3c5bd9-1f1f-4e05-9b3c-4a9d6d2b8a10',
  });
  expect(machineId(root)).toBe('7c3c5bd9-1f1f-4e05-9b3c-4a9d6d2b8a10');
  expect(machineId()).toBe(machineId());
  expect(machineId(machineOf(ordinary))).not.toBe('');
});
