import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, inject, it } from 'vitest';
import { exitCodes } from '../../src/cli/program/exit-codes.ts';

function fuzz(...argv: string[]): Promise<{ readonly code: number; readonly stdout: string }> {
  return new Promise((resolve) => {
    const program = join(inject('bundleFolder'), 'fuzz.js');
    const child = execFile(process.execPath, [program, ...argv], (_error, stdout) =>
      resolve({ code: child.exitCode ?? -1, stdout }),
    );
  });
}

it('a run that never comes out of one event is told with its seed, and the other seeds are examined', async () => {
  const out = mkdtempSync(join(tmpdir(), 'fuzz-halt-'));
  const search = ['--from', '6', '--seeds', '2', '--build', 'endless-picker', '--halt', '5', '--out', out];
  const { code, stdout } = await fuzz(...search, '--json');
  expect(code).toBe(exitCodes.failed);
  const { seeds, failures } = JSON.parse(stdout) as {
    readonly seeds: number;
    readonly failures: readonly { readonly seed: number; readonly problem: { readonly kind: string } }[];
  };
  expect(seeds).toBe(2);
  const kind = 'does not come out of an event';
  expect(failures).toContainEqual(
    expect.objectContaining({ seed: 7, problem: expect.objectContaining({ kind }) }),
  );
  expect(readdirSync(out)).toContain('seed-7.yaml');
}, 60_000);
