import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import type { Comparison } from '../../src/sim/experiment/comparison.ts';
import { folderOfTest } from '../support/folder-of-test.ts';
import { OwnCheckout } from '../support/own-checkout.ts';
import { SimDesk } from './run-sim.ts';

/** A quarter of the file is only at the slow seeder: who asks for chunks in order asks for these last. */
const PICKERS = `
content: { generate: { size: 1MiB, chunk_size: 16KiB } }
defaults:
  policy: { super_seeding: off }
  link: { up: 2Mbit/s, down: 16Mbit/s, latency: 10ms }
peers:
  seeder: { holds: all, link: { up: 1Mbit/s } }
  first-half: { count: 3, holds: 1-32 }
  middle: { count: 3, holds: 17-48 }
time_limit: 60s
`;

const VIRTUAL = ['--engine', 'virtual'] as const;

function makespanOf(comparison: Comparison) {
  return comparison.others[0]!.arms[0]!.figures.find(({ metric }) => metric === 'makespan')!;
}

describe('sim --against a saved run', () => {
  let desk: SimDesk;
  let scenario: string;
  beforeAll(async () => {
    desk = new SimDesk(inject('bundleFolder'));
    scenario = desk.scenario('pickers', PICKERS);
    await desk.run([scenario, ...VIRTUAL, '--repeat', '4', '--quiet']);
    await desk.run([desk.scenario('other', PICKERS), ...VIRTUAL, '--quiet', '--out', 'other']);
  });
  afterAll(() => desk.close());

  it('runs its plans again, in turns with the scenario of the same seeds, and compares', async () => {
    const ended = await desk.run([
      ...[scenario, ...VIRTUAL, '--against', join('reports', 'latest')],
      ...['--set', 'defaults.policy.picker=sequential', '--json'],
    ]);
    expect(ended.code).toBe(0);
    const comparison = JSON.parse(ended.stdout) as Comparison;
    expect(comparison).toMatchObject({
      base: { source: 'saved', runs: 4 },
      others: [{ side: { source: 'now' } }],
    });
    expect(makespanOf(comparison)).toMatchObject({ verdict: 'worse', method: 'paired-t' });
    const written = JSON.parse(readFileSync(join(desk.report, 'comparison.json'), 'utf8')) as unknown;
    expect(written).toEqual(comparison);
    expect(readFileSync(join(desk.report, 'comparison.md'), 'utf8')).toContain('| makespan |');
    const experiment = JSON.parse(readFileSync(join(desk.report, 'experiment.json'), 'utf8')) as {
      runs: readonly { arm: string; seed: string }[];
    };
    const blocks = [0, 2, 4, 6].map((at) => experiment.runs.slice(at, at + 2));
    for (const block of blocks) {
      expect(block.map(({ arm }) => arm).sort()).toEqual(['now', 'saved']);
      expect(new Set(block.map(({ seed }) => seed)).size).toBe(1);
    }
  });

  it.each([
    [['nowhere'], '--against nowhere: there is neither a saved run nor a git ref of that name'],
    [['reports', '--plan'], '--against and --plan exclude each other'],
    [
      ['reports/latest', '--repeat', '2'],
      '--against reports/latest takes seeds and repeats from the saved runs',
    ],
    [['other/latest'], 'other/latest is a run of other, not of pickers'],
  ])('%j is refused', async (args, message) => {
    const { code, stderr } = await desk.run([scenario, ...VIRTUAL, '--against', ...args]);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });
});

describe('sim --against a git ref', () => {
  let checkout: OwnCheckout;
  let folder: string;
  const checkOut = (): void => void (checkout = new OwnCheckout());
  const removeCheckout = (): void => checkout.remove();
  beforeEach(() => {
    folder = folderOfTest('against-');
    mkdirSync(join(folder, 'tmp'));
    writeFileSync(join(folder, 'pickers.yaml'), PICKERS);
  });

  const start = (...args: readonly string[]) =>
    checkout.start(['sim', 'pickers.yaml', ...args], folder, { TMPDIR: join(folder, 'tmp') });

  async function run(...args: readonly string[]) {
    const child = start(...args);
    let [stdout, stderr] = ['', ''];
    child.stdout!.on('data', (text: Buffer) => (stdout += text.toString()));
    child.stderr!.on('data', (text: Buffer) => (stderr += text.toString()));
    const [code] = (await once(child, 'close')) as [number | null];
    return { code, stdout, stderr };
  }

  /** In the temporary folder and among git's worktrees. */
  function leftovers() {
    const worktrees = checkout
      .git('worktree', 'list', '--porcelain')
      .match(/^worktree .*/gm)!
      .slice(1);
    return { worktrees, temporary: readdirSync(join(folder, 'tmp')) };
  }
  const NOTHING = { worktrees: [], temporary: [] };

  const source = (path: string): string => join(checkout.folder, 'src', ...path.split('/'));
  function change(path: string, from: string | RegExp, to: string): void {
    const text = readFileSync(source(path), 'utf8');
    expect(text).toMatch(from);
    writeFileSync(source(path), text.replace(from, to));
  }

  describe('of a program that was changed', () => {
    beforeEach(checkOut);
    afterEach(removeCheckout);

    it('tells whether a change of the program helped, and leaves nothing behind', async () => {
      change('core/peer/swarm/pickers/pickers.ts', /'rarest-first': \w+/, "'rarest-first': sequential");
      const ended = await run(...VIRTUAL, '--repeat', '4', '--against', 'HEAD', '--json');
      expect(ended).toMatchObject({ code: 0 });
      const comparison = JSON.parse(ended.stdout) as Comparison;
      expect(makespanOf(comparison)).toMatchObject({ verdict: 'worse', method: 'paired-t' });
      expect(comparison.base).toMatchObject({ source: 'HEAD', runs: 4 });
      expect(comparison.others[0]!.side.commit).toBe(`${comparison.base.commit}-dirty`);
      expect(leftovers()).toEqual(NOTHING);
      expect(checkout.git('status', '--porcelain')).toBe(' M src/core/peer/swarm/pickers/pickers.ts\n');
    });

    it('shows the error of a program that cannot run the plan, and leaves nothing behind', async () => {
      change('sim/plan/plan-schema.ts', /PLAN_SCHEMA_VERSION = \d+/, 'PLAN_SCHEMA_VERSION = 99');
      checkout.commit();
      change('sim/plan/plan-schema.ts', /PLAN_SCHEMA_VERSION = \d+/, 'PLAN_SCHEMA_VERSION = 98');
      const { code, stderr } = await run(...VIRTUAL, '--against', 'main');
      expect(code).toBe(2);
      expect(stderr).toMatch(
        /the program of main \(commit [0-9a-f]{12}\) cannot run this plan, .*:\n {2}schemaVersion: 98 .*99.*\nits plans have another form; /,
      );
      expect(leftovers()).toEqual(NOTHING);
      expect(existsSync(join(folder, 'reports', 'pickers', 'latest'))).toBe(false);
    });

    it('says once, and not for each peer, what the other program lacks and what to do', async () => {
      change('core/peer/swarm/pickers/pickers.ts', 'sequential,\n}', 'sequential,\n  novel: sequential,\n}');
      const novel = ['--set', 'defaults.policy.picker=novel'];
      const { code, stdout, stderr } = await run(...VIRTUAL, ...novel, '--against', 'HEAD');
      expect(code).toBe(2);
      expect(stdout).toMatch(/^pass with now, .*\n {2}report: .*\n$/);
      expect(stderr.match(/novel/g)).toHaveLength(1);
      expect(stderr).toMatch(
        new RegExp(
          'the program of HEAD \\(commit [0-9a-f]{12}\\) cannot run this plan, which has what that program does not know:\n' +
            ' {2}peers\\.0\\.policy\\.picker: "novel" is not known here \\(7 times, .*known: .*\n' +
            'name a commit that has it, or set what both programs know \\(--set\\)\n$',
        ),
      );
    });
  });

  // It is bundled once for both.
  describe('of a program that is the same', () => {
    beforeAll(checkOut);
    afterAll(removeCheckout);

    it.each(['SIGINT', 'SIGTERM'] as const)('leaves nothing behind when %s ends it', async (signal) => {
      const slow = ['--set', 'peers.seeder.link.up=8kbit/s', '--set', 'time_limit=20min'];
      const child = start('--against', 'HEAD', ...slow, '--quiet');
      const isUnderWay = (): boolean =>
        readdirSync(join(folder, 'tmp'), { recursive: true, encoding: 'utf8' }).some((path) =>
          /run-\w+\/plan\.json$/.test(path),
        );
      while (child.exitCode === null && !isUnderWay()) await pause(50);
      expect(child.exitCode).toBeNull();
      child.kill(signal);
      expect(await once(child, 'close')).toEqual([130, null]);
      expect(leftovers()).toEqual(NOTHING);
    });
  });
});
