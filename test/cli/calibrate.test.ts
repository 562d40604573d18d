import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import { exitCodes } from '../../src/cli/program.ts';
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
    const { rows } = JSON.parse(stdout) as { readonly rows: readonly CalibrationRow[] };
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
    for (const row of rows) {
      if (row.verdict === 'inconclusive' || row.verdict === 'not available') expect(row.note).not.toBe('');
    }
  });

  it('names what it would measure, and measures nothing without a name that fits', async () => {
    const { code, stdout } = await calibrate('--list', '--filter', 'LATENCY');
    expect(code).toBe(exitCodes.ok);
    expect(stdout).toContain('latency 300 ms\n');
    expect((await calibrate('--filter', 'no such knob')).code).toBe(exitCodes.badInput);
  });
});
