import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import { exitCodes } from '../../src/cli/program/exit-codes.ts';
import type { CalibrationRow } from '../../src/sim/calibrate/finding.ts';

interface Ended {
  readonly code: number;
  readonly stdout: string;
}

function calibrate(...argv: string[]): Promise<Ended> {
  return new Promise((resolve) => {
    const program = join(inject('bundleFolder'), 'calibrate.js');
    const child = execFile(process.execPath, [program, ...argv], (_error, stdout) =>
      resolve({ code: child.exitCode ?? -1, stdout }),
    );
  });
}

describe('npm run calibrate', () => {
  it('measures every knob in small, and ends with what the rows say', async () => {
    const { code, stdout } = await calibrate('--smoke', '--json');
    const { rows, seed } = JSON.parse(stdout) as {
      readonly rows: readonly CalibrationRow[];
      readonly seed: string;
    };
    expect(seed).toMatch(/^[0-9a-f]{8}$/);
    expect(new Set(rows.map(({ knob }) => knob)).size).toBeGreaterThanOrEqual(10);
    const verdicts = new Set(rows.map(({ verdict }) => verdict));
    const expected = verdicts.has('fail')
      ? exitCodes.failed
      : verdicts.has('inconclusive')
        ? exitCodes.inconclusive
        : exitCodes.ok;
    expect(code).toBe(expected);
    // How exact the shaper is depends on the machine; that it never gives too much does not.
    expect(rows.find(({ knob }) => knob === 'sums')).toMatchObject({ verdict: 'pass' });
    expect(rows.find(({ knob }) => knob === 'order')).toMatchObject({ verdict: 'pass', measured: 0 });
    expect(rows.filter(({ knob }) => knob === 'slow start').map(({ configured }) => configured)).toEqual([
      10, 150,
    ]);
    // So few messages have no 99th percentile but their largest delay, which is the host's.
    expect(rows.some(({ setting }) => setting.includes('99th percentile'))).toBe(false);
    for (const row of rows) {
      if (row.verdict === 'inconclusive' || row.verdict === 'not available') expect(row.note).not.toBe('');
    }
  });

  it('draws with a seed that it tells: a new one in each run, unless it is given', async () => {
    const seedOf = async (...argv: string[]) => {
      const { stdout } = await calibrate('--smoke', '--json', '--filter', 'loss', ...argv);
      return (JSON.parse(stdout) as { readonly seed: string }).seed;
    };
    expect(await seedOf()).not.toBe(await seedOf());
    expect(await seedOf('--seed', 'x')).toBe('x');
    expect((await calibrate('--seed', ' ')).code).toBe(exitCodes.badInput);
  });

  it('names what it would measure, and measures nothing without a name that fits', async () => {
    const { code, stdout } = await calibrate('--list', '--filter', 'LATENCY');
    expect(code).toBe(exitCodes.ok);
    expect(stdout).toContain('latency 300 ms\n');
    expect((await calibrate('--filter', 'no such knob')).code).toBe(exitCodes.badInput);
  });
});
