import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import { exitCodes } from '../../src/cli/program/exit-codes.ts';
import type { PaperRow } from '../../src/sim/papers/paper-row.ts';

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function papers(...argv: string[]): Promise<Ended> {
  return new Promise((resolve) => {
    const program = join(inject('bundleFolder'), 'papers.js');
    const child = execFile(process.execPath, [program, ...argv], (_error, stdout, stderr) =>
      resolve({ code: child.exitCode ?? -1, stdout, stderr }),
    );
  });
}

const small = ['--filter', 'kurose-ross-curves N = 1', '--smoke'];

describe('npm run papers', () => {
  it('runs the chosen cases in virtual time and shows them beside what is published', async () => {
    const { code, stdout } = await papers('--filter', 'mundinger-rounds N = 2, M = 100', '--repeat', '1');
    expect(code).toBe(exitCodes.ok);
    expect(stdout).toContain('Mundinger, Weber & Weiss');
    expect(stdout).toMatch(/N = 2, M = 100 +rounds +101\.00 +1\d\d\.\d\d/);
  });

  it('gives the same rows each time, as JSON too', async () => {
    const rows = async () => {
      const { stdout } = await papers(...small, '--json');
      return (JSON.parse(stdout) as { readonly rows: readonly PaperRow[] }).rows;
    };
    const first = await rows();
    expect(first.map(({ figure }) => figure)).toEqual(['peer-to-peer makespan', 'client-server makespan']);
    expect(await rows()).toEqual(first);
  });

  it('names what it would run, and runs nothing without a name that fits', async () => {
    const listed = await papers('--list', '--filter', 'QIU');
    expect(listed.code).toBe(exitCodes.ok);
    expect(listed.stdout).toMatch(/^qiu-srikant-steady 1\/λ = 5 s/);
    const none = await papers('--filter', 'no such paper');
    expect(none).toMatchObject({ code: exitCodes.badInput, stdout: '' });
    expect(none.stderr).toBe('papers: no paper or case has "no such paper" in its name: see --list\n');
  });
});
