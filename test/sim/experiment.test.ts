import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import type { Comparison } from '../../src/sim/experiment/comparison.ts';
import type { Experiment } from '../../src/sim/experiment/experiment.ts';
import type { Plan } from '../../src/sim/plan/plan.ts';
import { SimDesk } from './run-sim.ts';

let desk: SimDesk;
beforeEach(() => {
  desk = new SimDesk(inject('bundleFolder'));
});
afterEach(() => desk.close());

/** In virtual time, as what the program says and writes is the same on both engines, but for what a run needs. */
const SMALL = `
description: A seeder and two leechers.
seed: 5
content:
  generate: { size: 64KiB, chunk_size: 16KiB }
peers:
  seeder: { holds: all, link: { up: 4Mbit/s } }
  leechers: { count: 2 }
engine: virtual
time_limit: 30s
`;

const SWEEP = `${SMALL}
sweep: { product: { defaults.policy.picker: [rarest-first, random] } }
baseline: { defaults.policy.picker: sequential }
repeat: 2
expect: ['completed == 100%']
`;

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

function experiment(): Experiment {
  return JSON.parse(readFileSync(join(desk.report, 'experiment.json'), 'utf8')) as Experiment;
}

function compareIn(cwd: string, ...args: string[]) {
  const path = join(inject('bundleFolder'), 'compare.js');
  const { status, stdout, stderr } = spawnSync(process.execPath, [path, ...args], { cwd, encoding: 'utf8' });
  return { status, stdout, stderr };
}

const compare = (...args: string[]) => compareIn(desk.folder, ...args);

describe('a sweep', () => {
  it('runs every arm in every block, and writes its table beside the runs', async () => {
    const { code, stdout, stderr } = await desk.run([desk.scenario('sweep', SWEEP)]);
    expect({ code, stderr }).toMatchObject({ code: 0 });
    const { runs, arms, baseline, verdict } = experiment();
    expect(runs.map(({ repeat }) => repeat)).toEqual([1, 1, 1, 2, 2, 2]);
    const names = ['baseline', 'picker=random', 'picker=rarest-first'];
    for (const block of [runs.slice(0, 3), runs.slice(3)]) {
      expect(block.map(({ arm }) => arm).sort()).toEqual(names);
      expect(new Set(block.map(({ seed }) => seed)).size).toBe(1);
    }
    expect(arms.map(({ name }) => name)).toEqual(['baseline', 'picker=rarest-first', 'picker=random']);
    expect(arms[0]!.figures.every(({ against }) => against === null)).toBe(true);
    expect(arms[1]!.figures[0]).toMatchObject({ metric: 'makespan', summary: { count: 2 } });
    expect(arms[1]!.figures[0]!.against!.difference).not.toBeNull();
    expect(arms.map(({ expectations }) => expectations[0]!.outcome)).toEqual(['pass', 'pass', 'pass']);
    expect({ baseline, verdict }).toMatchObject({
      baseline: 'baseline',
      verdict: { outcome: 'pass', because: null },
    });
    for (const { folder } of runs) expect(existsSync(join(desk.report, folder, 'result.json'))).toBe(true);
    expect(readdirSync(desk.report).filter((name) => name.startsWith('experiment.'))).toHaveLength(3);
    // A pipe hears of the progress at most every 10 s.
    expect(stderr).not.toContain('of 6 runs, about');
    expect(stdout).toMatch(/3 arms × 2 runs, 6 passed[^]*against baseline/);
  });

  it('runs in the same order by the same seed', async () => {
    const scenario = desk.scenario('sweep', SWEEP);
    const order = async (): Promise<unknown> => {
      const { stdout } = await desk.run([scenario, '--plan', '--json', '--repeat', '6']);
      return (JSON.parse(stdout) as Plan[]).map(({ variant, seed }) => [variant, seed]);
    };
    expect(await order()).toEqual(await order());
  });

  it('gives plans that run again as they were', async () => {
    await desk.run([desk.scenario('sweep', SWEEP), '--quiet', '--repeat', '1']);
    const [first] = experiment().runs;
    const saved = join(desk.report, first!.folder, 'plan.json');
    const plan = JSON.parse(readFileSync(saved, 'utf8')) as Plan;
    expect(plan.variant).toMatchObject({ arm: first!.arm, repeat: 1 });
    const again = await desk.run([saved, '--plan', '--json']);
    expect(JSON.parse(again.stdout)).toEqual(plan);
  });

  it('in real time says which run of how many, and is stopped by Ctrl-C with what was measured', async () => {
    const slow = SWEEP.replace('up: 4Mbit/s', 'up: 200kbit/s');
    const run = desk.start([desk.scenario('sweep', slow), '--engine', 'threads']);
    await run.says(/sweep 1\/6 [^:]+: .* ready[^]*sweep 2\/6 .*ready/);
    run.signal('SIGINT');
    const { code, stdout } = await run.ended;
    expect(code).toBe(130);
    expect(stdout).toContain('The run was stopped');
    expect(experiment()).toMatchObject({ ending: 'interrupted', plannedRuns: 6 });
    expect(desk.leftovers()).toEqual([]);
  });

  it('is switched off by --set, which is refused where an arm would replace what it says', async () => {
    const scenario = desk.scenario('sweep', SWEEP);
    const picker = ['--set', 'defaults.policy.picker=random'];
    const refused = await desk.run([scenario, '--plan', ...picker]);
    expect(refused).toMatchObject({ code: 2, stdout: '' });
    expect(refused.stderr).toMatch(
      /--set:1:1: defaults\.policy\.picker: the sweep \(.*sweep\.yaml:\d+:21\) and the baseline \(.*sweep\.yaml:\d+:13\)/,
    );
    const off = ['--set', 'sweep=null', '--set', 'baseline=null', '--set', 'repeat=1'];
    const { code, stdout } = await desk.run([scenario, '--plan', '--json', ...picker, ...off]);
    expect(code).toBe(0);
    const { variant, peers } = JSON.parse(stdout) as Plan;
    expect(variant).toBeNull();
    expect(new Set(peers.map(({ policy }) => policy.picker))).toEqual(new Set(['random']));
  });

  it('is shown by --plan with its order, its bounds and what a run needs', async () => {
    const scenario = desk.scenario('sweep', SWEEP);
    const { code, stdout } = await desk.run([scenario, '--plan', '--engine', 'threads']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/6 runs, 3 arms × 2, seed 5; compared with baseline/);
    expect(stdout).toMatch(
      /^arm picker=random: as baseline, but\n.*\n.*\nseeder, leechers +sequential picker → random picker$/m,
    );
    // 64 KiB through 4 Mbit/s.
    expect(stdout).toContain('lower bound    131 ms, set by the uplink of those who hold the only copies');
    expect(stdout).toMatch(/needs +4 threads, about \d+ MiB of memory, up to \d+ file descriptors/);
    expect(existsSync(join(desk.folder, 'reports'))).toBe(false);
  });
});

it('what cannot be run is planned all the same, with all that is short at once', async () => {
  const scenario = desk.scenario('large', SMALL);
  const more = [
    '--engine',
    'threads',
    '--set',
    'peers.leechers.count=9000',
    '--set',
    'content.generate.size=10GB',
    '--set',
    'content.generate.chunk_size=1MB',
  ];
  const { code, stdout: shown, stderr } = await desk.run([scenario, '--plan', ...more]);
  const stdout = shown.replaceAll(/\n {15,}/g, ' ');
  expect(stdout).toMatch(/^leechers\/1-9000 +none/m);
  expect(stdout).toMatch(/^lower bound +5 h 33 min/m);
  expect(stdout).toMatch(/^client-server +\d+ h \d\d min/m);
  expect(stdout).toMatch(/^can be run +no: \d things are short/m);
  expect(stdout).toMatch(
    /- time before time_limit \(.*large\.yaml:\d+:13\): 5 h 33 min needed, 30 s available;/,
  );
  expect(stdout).toMatch(
    /^would fit +about \d+ of these 9001 peers; docs\/scaling-down\.md shows how to ask/m,
  );
  expect(stdout).toMatch(/- open files: \d+ needed, \d+ available;/);
  expect(stdout).toMatch(/- temporary files below .* needed, .* available;/);
  expect({ code, stderr }).toEqual({ code: 2, stderr: 'sim: large cannot be run (see above)\n' });
  const asJson = await desk.run([scenario, '--plan', '--json', ...more]);
  expect(asJson.code).toBe(2);
  expect(JSON.parse(asJson.stdout)).toMatchObject({ timeLimitMs: 30_000 });
  expect(asJson.stderr).toMatch(
    /^sim: \S*large\.yaml:\d+:13: time_limit: the limit of 30 s is below .*\n.*\n.*\nlarge cannot be run, \d things are short:\n/,
  );
  expect(asJson.stderr).toMatch(/^would fit: about \d+ of these 9001 peers; docs\/scaling-down\.md/m);
});

it('a time limit below the lower bound is refused at once; looking at a run for a while is not', async () => {
  const slow = SMALL.replace('4Mbit/s', '100kbit/s').replace('30s', '1s');
  const doomed = desk.scenario('doomed', slow);
  const { code, stdout, stderr } = await desk.run([doomed]);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  const line = slow.split('\n').indexOf('time_limit: 1s') + 1;
  const told =
    'the limit of 1 s is below the lower bound of 5.24 s; raise time_limit above the lower bound, or leave it out; ' +
    'to see what is done by then, write abort_on: ["elapsed > 1s"]';
  expect(stderr).toBe(
    `sim: ${doomed}:${line}:13: time_limit: ${told}\n${String(line).padStart(5)} | time_limit: 1s\n      |             ^\n`,
  );
  const set = await desk.run([doomed, '--set', 'seed=7', '--set', 'time_limit=2s']);
  expect(set).toMatchObject({ code: 2, stdout: '' });
  expect(set.stderr).toContain(
    'sim: --set:2:1: time_limit: the limit of 2 s is below the lower bound of 5.24 s; ',
  );
  const fitting = await desk.run([doomed, '--set', 'time_limit=60s', '--plan', '--json']);
  const plan = fitting.stdout.replace('"timeLimitMs": 60000', '"timeLimitMs": 1000');
  writeFileSync(join(desk.folder, 'plan.json'), plan);
  const saved = await desk.run(['plan.json']);
  expect(saved).toMatchObject({ code: 2, stdout: '' });
  expect(saved.stderr).toMatch(/^sim: \S*plan\.json:\d+:18: timeLimitMs: the limit of 1 s is below /);
  const looked = slow.replace('time_limit: 1s', 'abort_on: ["elapsed > 1s"]');
  const planned = await desk.run([desk.scenario('looked', looked), '--plan']);
  expect(planned.code).toBe(0);
  expect(planned.stdout).toContain('incomplete by then: the lower bound is above abort_on elapsed > 1s');
  expect((await desk.run([desk.scenario('looked', looked)])).code).toBe(5);
});

it('too many runs are refused before any is drawn', async () => {
  const { code, stderr } = await desk.run([desk.scenario('sweep', SWEEP), '--repeat', '10000']);
  expect(code).toBe(2);
  expect(stderr).toContain('3 arms × 10000 repeats are 30000 runs, but at most 10000 are allowed');
});

describe('the exit code', () => {
  it.each([
    ['0 when every threshold holds', `expect: ['integrity == 100%', 'makespan < 20s']`, 0],
    [
      '1 when the swarm is incomplete, whatever the thresholds',
      `time_limit: 0.5s\ndefaults: { link: { latency: 2s } }\nexpect: ['elapsed < 1ms']`,
      1,
    ],
    ['2 when the scenario is wrong', `expect: ['makspan < 20s']`, 2],
    ['3 when a threshold has no data', `expect: ['seeder.waste < 1%']`, 3],
    ['4 when a threshold is missed', `expect: ['makespan < 1ms', 'seeder.waste < 1%']`, 4],
    ['5 when the run was given up', `abort_on: ['elapsed > 10ms']\nexpect: ['makespan < 1ms']`, 5],
  ])('is %s', async (_, lines, code) => {
    const base = lines.includes('time_limit') ? SMALL.replace('time_limit: 30s\n', '') : SMALL;
    const ended = await desk.run([desk.scenario('judged', `${base}${lines}\n`)]);
    expect({ code: ended.code, stderr: ended.stderr }).toMatchObject({ code });
    if (code === 4) expect(ended.stdout).toMatch(/makespan < 1ms +\d+ ms +fail/);
    if (code === 5) expect(ended.stdout).toContain('elapsed > 10ms');
  });

  it('of several runs is that of the worst', async () => {
    const scenario = desk.scenario('judged', `${SMALL}expect: ['makespan < 1ms']\n`);
    const ended = await desk.run([scenario, '--repeat', '2', '--quiet']);
    expect(ended).toMatchObject({ code: 4, stdout: '' });
    expect(experiment().verdict).toMatchObject({ outcome: 'fail', because: 'expectations' });
  });

  it.each([[[]], [['--repeat', '2']]])(
    '--quiet %j tells what was missed, and where the report is',
    async (more) => {
      const scenario = desk.scenario('judged', `${SMALL}expect: ['makespan < 1ms', 'waste < 100%']\n`);
      const { code, stdout, stderr } = await desk.run([scenario, '--quiet', ...more]);
      expect({ code, stdout }).toEqual({ code: 4, stdout: '' });
      expect(
        stderr.match(/^sim: judged( \d\/2 *)?: fail( \(doubtful\))?\n(  .*\n)?  ✗ .*makespan < 1ms/gm),
      ).toHaveLength(more.length === 0 ? 1 : 2);
      expect(stderr).not.toContain('waste');
      expect(stderr).toContain('report: reports/judged/');
    },
  );
});

describe('compare of saved runs', () => {
  /** What no test changes. */
  let saved: SimDesk;
  let rarest: string;
  /** Of single runs, by their seeds. */
  let singles: readonly string[];

  async function run(seed: string, ...more: readonly string[]): Promise<void> {
    const words = [saved.scenario('pickers', PICKERS), '--quiet', '--engine', 'virtual', '--seed', seed];
    expect(await saved.run([...words, ...more])).toMatchObject({ code: 0 });
  }
  /** Runs the scenario five times, and returns the folder of the report. */
  async function repeated(picker: string, seed: string): Promise<string> {
    await run(seed, '--repeat', '5', '--set', `defaults.policy.picker=${picker}`);
    return realpathSync(saved.report);
  }
  const compareSaved = (...args: string[]) => compareIn(saved.folder, ...args);
  const compared = (...args: string[]): Comparison =>
    JSON.parse(compareSaved(...args, '--json').stdout) as Comparison;
  const verdicts = ({ others }: Comparison): Set<string> =>
    new Set(
      others.flatMap(({ arms }) => arms.flatMap(({ figures }) => figures.map(({ verdict }) => verdict))),
    );

  beforeAll(async () => {
    saved = new SimDesk(inject('bundleFolder'));
    rarest = await repeated('rarest-first', '1');
    for (const seed of ['1', '2', '3']) await run(seed, '--out', 'mine');
    const mine = join(saved.folder, 'mine', 'pickers');
    singles = readdirSync(mine)
      .filter((name) => name !== 'latest')
      .sort()
      .map((name) => join('mine', 'pickers', name));
  });
  afterAll(() => saved.close());

  it('of two sets of repeats of one scenario shows no difference in any figure', async () => {
    const other = await repeated('rarest-first', '2');
    const same = await repeated('rarest-first', '1');
    expect(verdicts(compared(rarest, other, same))).toEqual(new Set(['no difference shown']));
  });

  it('tells which picker is better, by how much and with which interval', async () => {
    const sequential = await repeated('sequential', '1');
    const { arms } = compared(sequential, rarest).others[0]!;
    const makespan = arms[0]!.figures.find(({ metric }) => metric === 'makespan')!;
    expect(makespan).toMatchObject({ verdict: 'better', method: 'paired-t', note: '' });
    expect(makespan.difference!.high).toBeLessThan(0);
    const { status, stdout } = compareSaved(sequential, rarest);
    expect(status).toBe(0);
    expect(stdout).toMatch(/B beside A, of \d+ key figures: better in \d+ \(makespan \S+ (%|×) faster/);
    expect(stdout).toMatch(/makespan +\S+ s +\S+ s +-\S+ s ± \S+ m?s +(\S+ (%|×) faster +)?better/);
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain('paired, since the seeds are the same');
    const markdown = compareSaved(sequential, rarest, '--markdown').stdout;
    expect(markdown).toMatch(/^\| makespan \| .* \| better \|$/m);
    expect(markdown).toContain('### pickers: A, B');
  });

  it('reads a folder of runs as repeats', () => {
    expect(singles).toHaveLength(3);
    const { base, others } = compared(join('mine', 'pickers'), join('mine', 'pickers'));
    expect(base).toMatchObject({ source: join('mine', 'pickers'), runs: 3 });
    expect(others[0]!.arms[0]!.figures[0]).toMatchObject({
      method: 'paired-t',
      verdict: 'no difference shown',
    });
  });

  it('says that single runs show no scatter', () => {
    const { status, stdout } = compareSaved(singles[0]!, join(singles[1]!, 'result.json'));
    expect(status).toBe(0);
    expect(stdout.replaceAll(/\s+/g, ' ')).toMatch(
      /Inconclusive.*: one run each shows no scatter; make at least 3 of each/,
    );
    expect(stdout).not.toContain('plans differ');
  });
});

describe('compare', () => {
  it('shows what is unlike', async () => {
    const scenario = desk.scenario('small', SMALL);
    await desk.run([scenario, '--quiet', '--repeat', '2']);
    const [before] = readdirSync(join(desk.folder, 'reports', 'small'));
    await desk.run([scenario, '--quiet', '--repeat', '2', '--set', 'peers.seeder.link.up=1Mbit/s']);
    const { status, stdout } = compare(join('reports', 'small', before!), join('reports', 'latest'));
    expect(status).toBe(0);
    const told = stdout.replaceAll(/\s+/g, ' ');
    expect(told).toContain('2 of 2 plans differ although the seed is the same');
    expect(told).toMatch(/What is set otherwise: seeder\.link\.up: \S+ \S+ → 1 Mbit\/s\./);
    // The machine has no part in virtual time.
    expect(stdout).not.toMatch(/did not take\s+turns/);
    expect(stdout).toMatch(/makespan +\S+ m?s +\S+ m?s +\+/);
  });

  it.each([
    [['nowhere', 'nowhere'], 'nowhere: there is no such file or folder'],
    [['.', '.'], 'there is no experiment.json, no result.json and no folder of a run'],
    [['small.yaml', 'small.yaml'], 'small.yaml is not JSON'],
    [['one'], '<other> is missing'],
    [['one', 'two', '--json', '--markdown'], '--json and --markdown exclude each other'],
  ])('%j ends with 2', (args, message) => {
    desk.scenario('small', SMALL);
    const { status, stderr } = compare(...args);
    expect(status).toBe(2);
    expect(stderr).toContain(message);
  });
});
