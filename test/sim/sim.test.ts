import { cpSync, existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import type { RunResult } from '../../src/sim/result/result.ts';
import type { Plan } from '../../src/sim/plan/plan.ts';
import { SimDesk } from './run-sim.ts';

let desk: SimDesk;
beforeEach(() => {
  desk = new SimDesk(inject('bundleFolder'));
});
afterEach(() => desk.close());

const root = join(import.meta.dirname, '..', '..');

/** In virtual time, as what the program says and writes is the same on both engines. */
const SMALL = `
description: A seeder and two leechers.
seed: 5
content:
  generate: { size: 96KiB, chunk_size: 16KiB }
peers:
  seeder: { holds: all, link: { up: 8Mbit/s } }
  leechers: { count: 2 }
engine: virtual
time_limit: 30s
`;

describe('npm run sim', () => {
  it('completes the classic folders, ends with 0 and writes every file of the report', async () => {
    cpSync(join(root, 'folders'), join(desk.folder, 'folders'), { recursive: true });
    cpSync(join(root, 'scenarios', 'three-peers.yaml'), join(desk.folder, 'three-peers.yaml'));
    const ending = await desk.run(['three-peers.yaml']);
    desk.expectDone(ending);
    const { stdout, stderr } = ending;
    expect(stdout).toContain('3 of 3 peers complete, 3 intact');
    expect(stderr).toMatch(
      /three-peers: tracker on 127\.0\.0\.1:\d+ and 3 peers ready in [\d.]+ m?s, seed 1/,
    );
    expect(readdirSync(desk.report).sort()).toEqual([
      'events.jsonl',
      'peers.csv',
      'plan.json',
      'report.html',
      'report.md',
      'result.json',
      'timeline.csv',
    ]);
    const { verdict, peers } = desk.result();
    expect(verdict).toMatchObject({ completedPeers: 3, intactPeers: 3 });
    expect(peers.map(({ integrity }) => integrity)).toEqual(['intact', 'intact', 'intact']);
    expect(desk.leftovers()).toEqual([]);
  });

  it('counts payload at least as large as what was useful, and control bytes besides', async () => {
    await desk.run([desk.scenario('small', SMALL)]);
    const { swarm, peers, tracker } = desk.result();
    expect(swarm.usefulBytes).toBe(2 * 96 * 1024);
    expect(swarm.payloadBytes).toBeGreaterThanOrEqual(swarm.usefulBytes);
    expect(swarm.controlBytes).toBeGreaterThan(0);
    expect(tracker.traffic.connectionsAccepted).toBeGreaterThanOrEqual(3);
    expect(peers.map(({ heldChunksAtEnd }) => heldChunksAtEnd)).toEqual([6, 6, 6]);
  });

  it('gives one JSON document on stdout by --json, and nothing else anywhere', async () => {
    const { code, stdout, stderr } = await desk.run([desk.scenario('small', SMALL), '--json']);
    expect(code).toBe(0);
    expect(stderr).toBe('');
    const result = JSON.parse(stdout) as RunResult;
    expect(result).toMatchObject({ seed: '5', ending: 'completed', verdict: { outcome: 'pass' } });
  });

  it('says nothing by --quiet when all went well', async () => {
    expect(await desk.run([desk.scenario('small', SMALL), '--quiet'])).toMatchObject({
      code: 0,
      stdout: '',
      stderr: '',
    });
  });

  it('prints the plan by --plan and starts nothing', async () => {
    const { code, stdout } = await desk.run([desk.scenario('small', SMALL), '--plan']);
    expect(code).toBe(0);
    expect(stdout).toContain('leechers/1-2');
    expect(existsSync(join(desk.folder, 'reports'))).toBe(false);
  });

  it('runs a plan that was saved, as it is', async () => {
    const { stdout } = await desk.run([desk.scenario('small', SMALL), '--plan', '--json', '--seed', 'other']);
    const plan = JSON.parse(stdout) as Plan;
    expect(plan.seed).toBe('other');
    await desk.run([desk.scenario('small', SMALL), '--quiet', '--seed', 'other']);
    const again = await desk.run([join(realpathSync(desk.report), 'plan.json'), '--json']);
    expect(again.code).toBe(0);
    expect((JSON.parse(again.stdout) as RunResult).plan).toEqual(plan);
    const changed = await desk.run([join(desk.report, 'plan.json'), '--seed', '3']);
    expect(changed).toMatchObject({ code: 2, stderr: expect.stringContaining('--seed') as string });
  });

  it('repeats with derived seeds, and summarises', async () => {
    const { code, stdout } = await desk.run([desk.scenario('small', SMALL), '--repeat', '2', '--json']);
    expect(code).toBe(0);
    const results = JSON.parse(stdout) as RunResult[];
    expect(results.map(({ seed }) => seed)).toEqual(['5', '5#2']);
    expect(readdirSync(desk.report).sort()).toEqual([
      '1-small-1',
      '2-small-2',
      'experiment.csv',
      'experiment.json',
      'experiment.md',
      'report.html',
    ]);
    const table = await desk.run([desk.scenario('small', SMALL), '--repeat', '2']);
    // In virtual time they run at once.
    for (const line of [/^pass with seed 5: /m, /^pass with seed 5#2: /m, /^makespan .* 2$/m])
      expect(table.stdout).toMatch(line);
    expect(readdirSync(join(desk.folder, 'reports', 'small'))).toHaveLength(2);
  });

  it('changes the scenario by --set', async () => {
    await desk.run([desk.scenario('small', SMALL), '--set', 'peers.leechers.count=3', '--quiet']);
    expect(desk.result().peers.map(({ name }) => name)).toEqual([
      'seeder',
      'leechers/1',
      'leechers/2',
      'leechers/3',
    ]);
  });

  it('ends with 1 when the swarm cannot complete, and says why', async () => {
    const scenario = desk.scenario(
      'gone',
      SMALL.replace('link: { up: 8Mbit/s }', 'link: { up: 100kbit/s }, session: { leave: { after: 1s } }'),
    );
    const { code, stdout } = await desk.run([scenario]);
    expect(code).toBe(1);
    expect(stdout).toContain('FAIL');
    expect(desk.result().ending).toBe('stalled');
  });
});

describe("a user's mistake", () => {
  it('ends with 2, with line and column and no stack', async () => {
    const scenario = desk.scenario('typo', SMALL.replace('time_limit', 'time_limt'));
    const { code, stderr } = await desk.run([scenario]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/typo\.yaml:10:1: .*time_limt/);
    expect(stderr).toContain('time_limit');
    expect(stderr).not.toMatch(/^\s+at /m);
  });

  it.each([
    [
      'an unknown option',
      ['small.yaml', '--sede', '3'],
      /^sim: unknown option --sede; did you mean --seed\?\n$/,
    ],
    [
      'a key of the scenario as an option',
      ['small.yaml', '--time-limit', '5s'],
      /^sim: unknown option --time-limit; time_limit is a key of the scenario: write --set time_limit=5s\n$/,
    ],
    [
      'an option in the place of the value of --set',
      ['small.yaml', '--set', '--plan'],
      /^sim: the value of --set is missing; write --set path=value, for example/,
    ],
    ['no scenario', [], /^sim: <scenario> is missing; there are: .*flash-crowd/],
    [
      'a missing file',
      ['flash-crwd'],
      /^sim: flash-crwd: there is no such scenario; did you mean flash-crowd\?/,
    ],
    ['a count of none', ['small.yaml', '--repeat', '0'], /--repeat/],
  ])('%s ends with 2', async (_, args, message) => {
    desk.scenario('small', SMALL);
    const { code, stderr } = await desk.run(args);
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/^\s+at /m);
  });

  it('with reports that cannot be written is told before the run', async () => {
    const scenario = desk.scenario('small', SMALL);
    const { code, stderr } = await desk.run([scenario, '--out', scenario]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/reports cannot be written to small\.yaml: .*--out/);
    expect(stderr).not.toContain('peers ready');
  });

  it('asks for too many threads: the run is refused before it starts', async () => {
    const { code, stderr, stdout } = await desk.run([
      desk.scenario('small', SMALL),
      '--set',
      'peers.leechers.count=9000',
      '--engine',
      'threads',
    ]);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toMatch(
      /small cannot be run.*\bopen files: \d+ needed, \d+ available; .*engine\.peers_per_worker/s,
    );
    expect(desk.leftovers()).toEqual([]);
  });

  it('lists options, examples and exit codes by --help', async () => {
    const { code, stdout } = await desk.run(['--help']);
    expect(code).toBe(0);
    for (const word of ['--seed', '--repeat', '--set', '--plan', 'Examples:', 'Exit codes:', '130']) {
      expect(stdout).toContain(word);
    }
  });
});

it('names the report folder on stdout', async () => {
  const { stdout } = await desk.run([desk.scenario('small', SMALL)]);
  const folder = /report: (\S+)/.exec(stdout)![1]!;
  expect(basename(realpathSync(desk.report))).toBe(basename(folder));
  expect(readFileSync(join(desk.folder, folder, 'report.md'), 'utf8')).toContain('small');
});
