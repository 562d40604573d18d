import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { compareReports } from './compare.ts';
import { ConfigError } from '../../src/core/errors.ts';
import { loadReport, requireReports, saveReport } from './files.ts';
import { cost, duration, micro, ratio, report, throughput } from './fixture.ts';
import { formatBytesPerSec, formatChange, formatCount, formatMs } from './format.ts';
import { renderComparison } from './render-comparison.ts';
import { renderReport } from './render.ts';

const folders: string[] = [];
afterEach(() => folders.splice(0).forEach((folder) => rmSync(folder, { recursive: true })));

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'swarm-lab-bench-test-'));
  folders.push(folder);
  return folder;
}

const example = report({
  results: [
    micro('a: quick', [1e6, 1.2e6]),
    micro('b: moves bytes', [1000], { bytesPerOp: 262_144, warnings: ['the timer is too coarse'] }),
    throughput('swarm: 8 leechers', [8e8, 8e8], [1.6e9, 1.6e9]),
    duration('start-up: 500 workers', [16_000], { what: 'until all workers are ready', goalMs: 15_000 }),
  ],
  failures: ['classic: the run did not pass'],
});

test('a report shows every figure beside its scatter, and every doubt', () => {
  expect(renderReport(example)).toMatchInlineSnapshot(`
    "Processor, 2 cores · Node v20.20.2 · commit 0123456789ab
    load before 0.00 a core · processors: 90.0 % own, 2.00 % others

    micro-benchmark   ops/s               p99   bytes/s  samples  work
    ──────────────────────────────────────────────────────────────────────
    a: quick         1.10 M  ± 116 %  2.50 µs                100  00c0ffee
    b: moves bytes   1.00 k           2.50 µs  262 MB/s      100  00c0ffee

    whole swarm   goodput            plain star            swarm / star       seeder load   waste  own CPU  others
    ──────────────────────────────────────────────────────────────────────────────────────────────────────────────
    8 leechers   800 MB/s  ± 0.00 %   1.60 GB/s  ± 0.00 %  0.50 [0.50, 0.50]         1.25  1.00 %   90.0 %  2.00 %

    duration               of what                        mean     longest      goal  others
    ────────────────────────────────────────────────────────────────────────────────────────
    start-up: 500 workers  until all workers are ready  16.0 s      16.0 s  ✗ 15.0 s  2.00 %

    ! b: moves bytes: the timer is too coarse
    FAILED classic: the run did not pass
    "
  `);
});

test('of a run that was cut off a report says how far it came', () => {
  const results = [{ ...cost(1000, [0.1]), share: 0.125 }];
  expect(renderReport(report({ results }))).toContain('1000 peers, 100 chunks (the first 12.5 %)');
});

test('of virtual time a report shows what a chunk costs, and ratios beside what is to be reached', () => {
  const results = [
    cost(100, [0.05, 0.05]),
    cost(1000, [0.1]),
    ratio('growth', [2, 2], { is: 'at most', value: 1.5 }),
    ratio('links', [40], { is: 'at least', value: 30 }),
  ];
  expect(renderReport(report({ results }))).toMatchInlineSnapshot(`
    "Processor, 2 cores · Node v20.20.2 · commit 0123456789ab
    load before 0.00 a core · processors: 90.0 % own, 2.00 % others

    virtual time            cost of a chunk                 goal  peak memory  others
    ─────────────────────────────────────────────────────────────────────────────────
    100 peers, 100 chunks           50.0 µs  ± 0.00 %  ✓ 60.0 µs      256 MiB  2.00 %
    1000 peers, 100 chunks           100 µs            ✗ 60.0 µs      256 MiB  2.00 %

    ratio of two  of what                     ratio           goal  others
    ──────────────────────────────────────────────────────────────────────
    growth        processor time  2.00 [2.00, 2.00]  ✗ at most 1.5  2.00 %
    links         processor time              40.00  ✓ at least 30  2.00 %
    "
  `);
});

test('a comparison shows change, interval and verdict', () => {
  const before = report({ results: [micro('a', [100, 101, 99]), micro('b', [100])] });
  const after = report({ results: [micro('a', [200, 202, 198]), micro('b', [50]), micro('c', [1])] });
  expect(renderComparison(compareReports(before, after), 'old.json')).toMatchInlineSnapshot(`
    "Compared with old.json; + is faster.

    benchmark  figure   speed  95 % interval      verdict
    ──────────────────────────────────────────────────────────────────────────────────────────────────────────────────
    a          ops/s   +100 %  +95.5 % to +105 %  faster
    b          ops/s        –                     no difference shown (one value shows no scatter: --repeat 3 or more)

    1 faster, 0 slower, 1 without a difference shown. Intervals: Welch's t on logarithms; verdicts: at 5 % for all together (Holm).
    only in this run: c
    "
  `);
});

test('what is not alike is told and not compared', () => {
  expect(renderComparison(compareReports(report(), report({ size: 'smoke' })), 'old.json')).toBe(
    'Not compared with old.json, since the two are not alike:\n  size of the benchmarks: full then, smoke now\n',
  );
});

test('a saved report is read again as it was, also as latest.json', () => {
  const folder = join(temporaryFolder(), 'reports', 'bench');
  const path = saveReport(folder, example);
  expect(readdirSync(folder).sort()).toEqual(['2026-01-02T03-04-05Z.json', 'latest.json']);
  expect(loadReport(path)).toEqual(example);
  expect(readFileSync(join(folder, 'latest.json'), 'utf8')).toBe(readFileSync(path, 'utf8'));
});

test('a place that cannot take a report is refused before anything is measured, in one line', () => {
  const path = join(temporaryFolder(), 'x.json');
  writeFileSync(path, '');
  expect(() => requireReports(path)).toThrow(
    /^the report cannot be saved to .*x\.json: it is a file.* --out$/,
  );
});

test('a file that is no saved run is refused in one line that names it', () => {
  const path = join(temporaryFolder(), 'x.json');
  const refusal = (): string => {
    try {
      loadReport(path);
      return 'none';
    } catch (error) {
      expect(error).toBeInstanceOf(ConfigError);
      return (error as ConfigError).message;
    }
  };
  const fix = 'name a file that swarm-lab bench has saved, such as reports/bench/latest.json';
  expect(refusal()).toBe(`cannot compare with ${path}: it does not exist; ${fix}`);
  writeFileSync(path, '# text');
  expect(refusal()).toBe(`cannot compare with ${path}: it is not JSON; ${fix}`);
  const kind = 'is no saved run of the benchmarks with schema version 1';
  writeFileSync(path, '{"schemaVersion": 99}');
  expect(refusal()).toBe(`${path} ${kind} (see schemaVersion); ${fix}`);
  writeFileSync(path, '[]');
  expect(refusal()).toBe(`${path} ${kind} (see the whole); ${fix}`);
  writeFileSync(path, JSON.stringify(report({ results: [{ ...micro('a', [1]), opsPerSec: [] }] })));
  expect(refusal()).toBe(`${path} ${kind} (see results.0.opsPerSec); ${fix}`);
});

test('figures have three digits and the unit that fits', () => {
  expect([999.4, 999.6, 12_345, 1.2e9].map(formatCount)).toEqual(['999', '1.00 k', '12.3 k', '1.20 G']);
  expect([512, 1.5e6, 1.234e9].map(formatBytesPerSec)).toEqual(['512 B/s', '1.50 MB/s', '1.23 GB/s']);
  expect([0.00025, 0.0123, 4.5, 999.4, 15_000].map(formatMs)).toEqual([
    '250 ns',
    '12.3 µs',
    '4.50 ms',
    '999 ms',
    '15.0 s',
  ]);
  expect([1.123, 0.5, 1].map(formatChange)).toEqual(['+12.3 %', '−50.0 %', '+0.00 %']);
});

test('a report is no wider than the terminal', () => {
  for (const columns of [60, 80, 200]) {
    const text = renderReport(example, columns);
    const [table] = /^[^\n]*micro-benchmark[\s\S]*?\n\n/m.exec(text)!;
    for (const line of table.split('\n')) expect(line.length, text).toBeLessThanOrEqual(columns);
  }
});
