import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, readFileSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parquetReadObjects } from 'hyparquet';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { RunResult } from '../../src/sim/result/result.ts';
import { SimDesk } from '../sim/run-sim.ts';
import { folderOfTest } from '../support/folder-of-test.ts';
import { pythonWith, requirePython, runPython } from '../support/python-tools.ts';

const SCENARIO = `
description: A seeder and four leechers, one of which crashes.
content: { generate: { size: 512KiB, chunk_size: 32KiB } }
peers:
  seeder: { holds: all, link: { up: 8Mbit/s } }
  leechers: { count: 4, link: { up: 4Mbit/s, down: 16Mbit/s } }
faults:
  - { at: 300ms, crash: leechers/2 }
expect: ['makespan < 30s', 'waste < 50%']
engine: virtual
time_limit: 60s
`;

let desk: SimDesk;
/** Of one run, which no test changes. */
let run: string;
let experiment: string;
beforeAll(async () => {
  desk = new SimDesk(inject('bundleFolder'));
  const scenario = desk.scenario('exported', SCENARIO);
  expect(await desk.run([scenario, '--quiet'])).toMatchObject({ code: 0 });
  run = realpathSync(desk.report);
  await desk.run([scenario, '--quiet', '--repeat', '2']);
  experiment = realpathSync(desk.report);
});
afterAll(() => desk.close());

function report(args: readonly string[], cwd = desk.folder) {
  const program = join(inject('bundleFolder'), 'report.js');
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], {
    cwd,
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

/** A copy of a report, to be changed. */
function copyOf(folder: string): string {
  const copy = join(folderOfTest('report-'), 'copy');
  cpSync(folder, copy, { recursive: true });
  return copy;
}

describe('report', () => {
  it('writes everything that follows from the result again, and nothing else', () => {
    const copy = copyOf(run);
    const rendered = ['peers.csv', 'plan.json', 'report.html', 'report.md', 'timeline.csv'];
    for (const name of rendered) rmSync(join(copy, name));
    const { status, stdout } = report([copy]);
    expect(status).toBe(0);
    for (const name of rendered) {
      expect(readFileSync(join(copy, name), 'utf8')).toBe(readFileSync(join(run, name), 'utf8'));
      expect(stdout).toContain(join(copy, name));
    }
    expect(readdirSync(copy).sort()).toEqual(readdirSync(run).sort());
  });

  it('of an experiment writes the reports of its runs, too', () => {
    const copy = copyOf(experiment);
    const [first] = readdirSync(copy).filter((name) => existsSync(join(copy, name, 'result.json')));
    for (const name of ['experiment.md', 'experiment.csv', join(first!, 'report.md')])
      rmSync(join(copy, name));
    expect(report([copy, '--quiet'])).toEqual({ status: 0, stdout: '', stderr: '' });
    for (const name of ['experiment.md', 'experiment.csv', join(first!, 'report.md')]) {
      expect(readFileSync(join(copy, name), 'utf8')).toBe(readFileSync(join(experiment, name), 'utf8'));
    }
  });

  it('exports every format, of an experiment those that it has', () => {
    const folder = folderOfTest('report-');
    report([run, '--format', 'all', '--out', join(folder, 'run')]);
    report([experiment, '--format', 'all', '--out', join(folder, 'experiment')]);
    const tables = ['csv', 'jsonl', 'parquet'].flatMap((ending) =>
      ['flows', 'peers', 'timeline'].map((name) => `${name}.${ending}`),
    );
    expect(readdirSync(join(folder, 'run')).sort()).toEqual(
      [...tables, 'junit.xml', 'metrics.txt', 'trace.json'].sort(),
    );
    expect(readdirSync(join(folder, 'experiment')).sort()).toEqual(
      ['junit.xml', 'runs.csv', 'runs.jsonl', 'runs.parquet'].sort(),
    );
  });

  it.each([
    [['nowhere'], 'nowhere: there is no such file or folder'],
    [['.'], 'no experiment.json, no result.json'],
    [['RUN', '--format', 'excel'], '"excel" is no format; there are csv, jsonl'],
    [
      ['EXPERIMENT', '--format', 'perfetto'],
      'perfetto is of a single run; give one of its runs, for example',
    ],
    [['RUN', '--format', 'csv', '--out', 'exported.yaml'], 'cannot write exported.yaml/peers.csv'],
  ])('%j ends with 2 and one line', (args, message) => {
    const given = args.map((arg) => ({ RUN: run, EXPERIMENT: experiment })[arg] ?? arg);
    const { status, stdout, stderr } = report(given);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain(message);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });

  it('refuses a result of another version, and one that was changed, in one line', () => {
    const copy = copyOf(run);
    const file = join(copy, 'result.json');
    const result = JSON.parse(readFileSync(file, 'utf8')) as RunResult;
    const refused = (changed: unknown): string => {
      writeFileSync(file, JSON.stringify(changed));
      const { status, stderr } = report([copy]);
      expect(status).toBe(2);
      expect(stderr.trimEnd().split('\n')).toHaveLength(1);
      return stderr;
    };
    expect(refused({ ...result, schemaVersion: 1 })).toContain(
      'has schemaVersion 1, but this program reads 2; run it again, or read it with what wrote it: swarm-lab 0.1.0',
    );
    const [first, ...others] = result.peers;
    expect(refused({ ...result, peers: [{ ...first, joinedMs: 'soon' }, ...others] })).toContain(
      'result.json was changed or cut off: peers[0].joinedMs is not what a run writes',
    );
  });
});

/** The programs of docs/analysis.md, by the file that each reads. */
function programs(): { readonly file: string; readonly source: string }[] {
  const text = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'analysis.md'), 'utf8');
  return [...text.matchAll(/^```python\n([^]*?)^```$/gm)].map(([, source]) => ({
    file: /exported\/([\w.]+)/.exec(source!)![1]!,
    source: source!,
  }));
}

describe('the lines of docs/analysis.md', () => {
  let folder: string;
  let result: RunResult;
  beforeAll(() => {
    folder = desk.folder;
    report([run, '--format', 'all', '--out', 'exported']);
    result = JSON.parse(readFileSync(join(run, 'result.json'), 'utf8')) as RunResult;
  });
  const lines = (file: string): string => programs().find((one) => one.file === file)!.source;
  const told = (python: string, file: string): string => {
    const { status, stdout, stderr } = runPython(python, lines(file), folder);
    expect({ status, stderr: status === 0 ? '' : stderr }).toEqual({ status: 0, stderr: '' });
    return stdout;
  };

  it('are five at most for each format but the trace', () => {
    expect(programs().map(({ file }) => file)).toEqual([
      ...['peers.parquet', 'timeline.csv', 'flows.jsonl', 'metrics.txt', 'trace.json'],
    ]);
    for (const { source } of programs()) expect(source.trimEnd().split('\n').length).toBeLessThanOrEqual(5);
  });

  it('load Parquet', async () => {
    const python = pythonWith('pandas', 'pyarrow');
    const slowest = result.peers.toSorted((a, b) => (b.completionMs ?? -1) - (a.completionMs ?? -1))[0]!;
    if (python === undefined) {
      // Debian has no pyarrow: a reader in JavaScript takes its place where there is no package index.
      const bytes = readFileSync(join(folder, 'exported', 'peers.parquet'));
      const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length);
      const rows = await parquetReadObjects({ file });
      expect(rows.map(({ name }) => name as string)).toContain(slowest.name);
      return;
    }
    const [, first] = told(python, 'peers.parquet').trimEnd().split('\n');
    expect(first!.trim().split(/ +/).slice(0, 2)).toEqual([slowest.name, slowest.group]);
    expect(Number(first!.trim().split(/ +/)[3])).toBe(slowest.usefulBytes);
  });

  it('load CSV and JSON Lines', () => {
    const python = requirePython('pandas');
    expect(told(python, 'timeline.csv').trimEnd().split('\n')).toHaveLength(result.samples.length + 1);
    const { from, bytes } = result.flows[0]!;
    const row = told(python, 'flows.jsonl')
      .split('\n')
      .find((line) => line.startsWith(from));
    expect(row).toContain(` ${bytes}`);
  });

  it('load OpenMetrics, which the parser of Prometheus takes for valid', () => {
    const python = requirePython('prometheus_client');
    const samples = told(python, 'metrics.txt');
    // Older versions of the library read every number as a fraction.
    const numbers = samples.replaceAll('.0)', ')');
    for (const { name, uploadedBytes } of result.peers) {
      expect(numbers).toContain(`('${name}', ${uploadedBytes})`);
    }
  });

  it('load a trace', () => {
    expect(told('python3', 'trace.json')).toMatch(/^\d+ chunks, \d+\.\d ms each\n$/);
  });
});
