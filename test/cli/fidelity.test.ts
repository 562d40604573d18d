import { execFile } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import { exitCodeOfFidelity, exitCodes } from '../../src/cli/program/exit-codes.ts';
import type { Experiment } from '../../src/sim/experiment/experiment.ts';
import type { Fidelity } from '../../src/sim/fidelity/fidelity.ts';
import { folderOfTest } from '../support/folder-of-test.ts';

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function fidelity(cwd: string, ...argv: string[]): Promise<Ended> {
  return new Promise((resolve) => {
    const program = join(inject('bundleFolder'), 'fidelity.js');
    const options = { cwd, env: { ...process.env, NO_COLOR: '1' } };
    const child = execFile(process.execPath, [program, ...argv], options, (_error, stdout, stderr) =>
      resolve({ code: child.exitCode ?? -1, stdout, stderr }),
    );
  });
}

const SMALL = `# Do both engines agree?
content: { generate: { size: 64KiB, chunk_size: 16KiB } }
defaults: { link: { up: 1Mbit/s } }
peers: { seeder: { holds: all }, leecher: { count: 2 } }
`;

describe('npm run fidelity', () => {
  it('runs each plan on both engines, compares their figures, and keeps all runs as an experiment', async () => {
    const folder = folderOfTest('fidelity-test-');
    writeFileSync(join(folder, 'small.yaml'), SMALL);
    const { code, stdout, stderr } = await fidelity(folder, 'small', '--repeat', '2', '--json');
    expect(stderr).toBe('');
    const { arms, seed } = JSON.parse(stdout) as Fidelity;
    const [arm] = arms;
    expect(arm).toMatchObject({ name: 'small', pairs: 2 });
    // How near they come depends on the machine; that they were compared does not.
    expect(code).toBe(exitCodeOfFidelity([arm!.verdict]));
    const makespan = arm!.figures.find(({ metric }) => metric === 'makespan')!;
    expect([makespan.threads?.count, makespan.virtual?.count, makespan.difference?.count]).toEqual([2, 2, 2]);
    // Two copies of 64 KiB, of which the first has to come through an uplink of 1 Mbit/s.
    expect(makespan.virtual!.min).toBeGreaterThanOrEqual(524);
    expect(makespan.threads!.min).toBeGreaterThanOrEqual(524);

    const report = join(folder, 'reports', 'latest');
    expect(readFileSync(join(report, 'fidelity.md'), 'utf8')).toContain(
      '# small: virtual time beside threads',
    );
    expect(JSON.parse(readFileSync(join(report, 'fidelity.json'), 'utf8'))).toEqual(JSON.parse(stdout));
    const { runs, engine } = JSON.parse(readFileSync(join(report, 'experiment.json'), 'utf8')) as Experiment;
    expect(engine).toBe('both');
    expect(runs.map((run) => [run.arm, run.seed])).toEqual([
      ['small, threads', seed],
      ['small, virtual', seed],
      ['small, threads', `${seed}#2`],
      ['small, virtual', `${seed}#2`],
    ]);
    for (const run of runs) expect(existsSync(join(report, run.folder, 'report.md'))).toBe(true);
  });

  it('compares every arm of a sweep by itself', async () => {
    const folder = folderOfTest('fidelity-test-');
    writeFileSync(
      join(folder, 'swept.yaml'),
      `${SMALL}sweep: { product: { peers.leecher.count: [1, 2] } }\n`,
    );
    const { stdout } = await fidelity(folder, 'swept', '--repeat', '1', '--markdown', '--quiet');
    expect(stdout).toMatch(/^\| swept, count=1 \| \d of 1 \|/m);
    expect(stdout).toMatch(/^\| swept, count=2 \| \d of 1 \|/m);
  });

  it('tells the mistakes of all scenarios before anything is started', async () => {
    const folder = folderOfTest('fidelity-test-');
    writeFileSync(join(folder, 'small.yaml'), SMALL);
    writeFileSync(join(folder, 'typo.yaml'), `${SMALL}time_limt: 3s\n`);
    const { code, stdout, stderr } = await fidelity(folder, 'small', 'typo', 'three-pears');
    expect({ code, stdout }).toEqual({ code: exitCodes.badInput, stdout: '' });
    expect(stderr).toMatch(/^fidelity: typo\.yaml:.*time_limt/);
    expect(stderr).toMatch(/^fidelity: three-pears: .*did you mean three-peers\?/m);
    expect(existsSync(join(folder, 'reports'))).toBe(false);
  });

  it('refuses a scenario that does not fit one of the engines', async () => {
    const folder = folderOfTest('fidelity-test-');
    writeFileSync(join(folder, 'large.yaml'), SMALL.replace('count: 2', 'count: 20000'));
    const { code, stdout, stderr } = await fidelity(folder, 'large');
    expect({ code, stdout }).toEqual({ code: exitCodes.badInput, stdout: '' });
    expect(stderr).toMatch(/^fidelity: large/);
    expect(stderr).not.toContain('--engine');
  });

  it('takes one form of output at a time, and needs a scenario', async () => {
    const folder = folderOfTest('fidelity-test-');
    const both = await fidelity(folder, 'three-peers', '--json', '--markdown');
    expect(both.code).toBe(exitCodes.badInput);
    expect(both.stderr).toContain('choose one of them');
    const none = await fidelity(folder);
    expect(none.code).toBe(exitCodes.badInput);
    expect(none.stderr).toMatch(/^fidelity: <scenario> is missing; there are: /);
  });
});

it.each([
  [['within', 'host'], exitCodes.ok],
  [['host'], exitCodes.inconclusive],
  [['within', 'unclear'], exitCodes.inconclusive],
  [['within', 'unclear', 'differs'], exitCodes.failed],
  [[], exitCodes.inconclusive],
] as const)('ends after %j with exit code %i', (verdicts, code) => {
  expect(exitCodeOfFidelity(verdicts)).toBe(code);
});
