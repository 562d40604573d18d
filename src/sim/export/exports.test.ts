import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { parquetReadObjects } from 'hyparquet';
import { describe, expect, it } from 'vitest';
import { validateXML } from 'xmllint-wasm';
import { folderOfTest } from '../../../test/support/folder-of-test.ts';
import type { ExperimentRun } from '../experiment/experiment.ts';
import { experimentOfRuns, experimentRun } from '../experiment/fixture.ts';
import { measuredSmallSwarm } from '../measure/fixture.ts';
import { flowsTable, peersTable, timelineTable, type Table } from '../report/tables.ts';
import type { ExpectationFigures } from '../result/result.ts';
import { exportFiles } from './formats.ts';
import { renderJsonLines } from './json-lines.ts';
import { renderJUnit } from './junit.ts';
import { renderOpenMetrics } from './open-metrics.ts';
import { renderParquet } from './parquet.ts';
import { renderTrace } from './perfetto.ts';
import type { TraceEvent } from './trace-event.ts';

const { result, record } = measuredSmallSwarm();

describe('JSON Lines', () => {
  it('has an object a row, with null where there is no data', () => {
    const lines = renderJsonLines(peersTable(result)).trimEnd().split('\n');
    const [seeder, first] = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines).toHaveLength(3);
    expect(seeder).toMatchObject({ name: 'seeder', shareRatio: null, mustComplete: true, trust: 'trusted' });
    expect(first).toMatchObject({ name: 'leecher/1', shareRatio: 0.75 });
  });
});

describe('Parquet', () => {
  async function readBack(table: Table): Promise<Record<string, unknown>[]> {
    const { buffer, byteOffset, byteLength } = await renderParquet(table);
    return parquetReadObjects({ file: buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer });
  }

  it.each([peersTable(result), timelineTable(result), flowsTable(result)])(
    'of $name is read back by a reader of the format as it was written',
    async (table) => {
      const rows = await readBack(table);
      const names = table.columns.map(({ name }) => name);
      const plain = (value: unknown): unknown =>
        typeof value === 'bigint' ? Number(value) : (value ?? null);
      expect(rows.map((row) => names.map((name) => plain(row[name])))).toEqual(table.rows);
    },
  );

  it('keeps byte counts beyond 32 bits exactly', async () => {
    const counts = [0, 2 ** 31 - 1, 2 ** 31, 2 ** 32, 3_000_000_000, Number.MAX_SAFE_INTEGER];
    const columns = [{ name: 'bytes', type: 'integer', unit: 'bytes', meaning: '' }] as const;
    const rows = await readBack({ name: 'flows', columns, rows: counts.map((count) => [count]) });
    expect(rows.map((row) => row['bytes'])).toEqual(counts.map(BigInt));
  });

  it('keeps fractions of a column that begins with a thousand integers', async () => {
    const ratios = [...Array<number>(1000).fill(1), 0.5];
    const columns = [{ name: 'shareRatio', type: 'number', unit: '', meaning: '' }] as const;
    const rows = await readBack({ name: 'peers', columns, rows: ratios.map((ratio) => [ratio]) });
    expect(rows.map((row) => row['shareRatio'])).toEqual(ratios);
  });

  it('of a table without rows has its columns', async () => {
    const bytes = await renderParquet({ ...flowsTable(result), rows: [] });
    expect(Buffer.from(bytes).subarray(0, 4).toString()).toBe('PAR1');
  });
});

describe('OpenMetrics', () => {
  it('has figures in base units, with labels, and leaves out what has no data', () => {
    const lines = renderOpenMetrics(result).trimEnd().split('\n');
    expect(lines).toContain('# TYPE swarm_lab_makespan_seconds gauge');
    expect(lines).toContain('# UNIT swarm_lab_makespan_seconds seconds');
    expect(lines.find((line) => line.startsWith('swarm_lab_makespan_seconds{'))).toMatch(/\} 3\.5$/);
    const ratios = lines.filter((line) => line.startsWith('swarm_lab_peer_share_ratio{'));
    expect(ratios.map((line) => /peer="([^"]+)"/.exec(line)![1])).toEqual(['leecher/1', 'leecher/2']);
    expect(lines.at(-1)).toBe('# EOF');
  });
});

describe('JUnit XML', () => {
  const expectation = (text: string, outcome: ExpectationFigures['outcome']): ExpectationFigures => ({
    text,
    metric: 'makespan',
    unit: 'ms',
    measured: outcome === 'inconclusive' ? null : 5000,
    outcome,
    note: outcome === 'inconclusive' ? 'a peer did not complete' : '',
  });
  const run = (repeat: number, ...expectations: readonly ExpectationFigures[]) =>
    experimentRun('a < "b" & \u001b[2J', repeat, { makespan: 3500 }, { expectations });
  const schema = readFileSync(
    createRequire(import.meta.url).resolve('jest-junit-reporter/src/__tests__/fixtures/junit.xsd'),
    'utf8',
  );

  it('is valid by the schema of Ant, whatever came out and whatever names are', async () => {
    const experiment = experimentOfRuns([
      run(1, expectation('makespan < 6s', 'pass'), expectation('makespan < 4s', 'fail')),
      run(2, expectation('makespan < 6s', 'inconclusive')),
      { ...run(3), outcome: 'fail', because: 'swarm', reasons: ['1 of 3 peers did not complete.'] },
      {
        ...run(4),
        outcome: 'inconclusive',
        trust: 'untrusted',
        cause: 'the processor was busy',
        remedy: 'wait',
      },
    ]);
    const contents = renderJUnit(experiment);
    const { valid, errors } = await validateXML({ xml: [{ fileName: 'junit.xml', contents }], schema });
    expect({ valid, errors }).toEqual({ valid: true, errors: [] });
    const suites = [...contents.matchAll(/tests="(\d)" failures="(\d)" errors="(\d)"/g)];
    expect(suites.map(([, ...counts]) => counts.join(' '))).toEqual(['3 1 0', '2 0 1', '1 1 0', '1 0 1']);
    expect(contents).toContain('message="makespan is 5 s, expected: makespan &lt; 4s"');
    expect(contents).toContain('makespan is –, expected: makespan &lt; 6s; a peer did not complete');
  });

  it('does not blame the swarm for a threshold that cannot be told, nor the scenario for what the host missed', () => {
    const open = expectation('makespan < 6s', 'inconclusive');
    const counts = (of: ExperimentRun): string[] =>
      [...renderJUnit(experimentOfRuns([of])).matchAll(/<(?:failure|error) type="([a-z]+)"/g)].map(
        ([, type]) => type!,
      );
    const reasons = ['Expected makespan < 6s: a peer did not complete.'];
    const told = { ...run(1, open), outcome: 'inconclusive' as const, because: 'data' as const, reasons };
    expect(counts(told)).toEqual(['inconclusive']);
    expect(counts({ ...told, reasons: ['The run was interrupted.', ...reasons] })).toEqual([
      'inconclusive',
      'inconclusive',
    ]);
    const missed = { ...told, ...run(1, expectation('makespan < 4s', 'fail')), trust: 'untrusted' as const };
    expect(counts({ ...missed, outcome: 'inconclusive' })).toEqual(['untrusted', 'untrusted']);
  });

  it('would not pass as valid if it were not', async () => {
    const contents = renderJUnit(experimentOfRuns([run(1)])).replace('timestamp=', 'time-stamp=');
    const { valid } = await validateXML({ xml: [{ fileName: 'junit.xml', contents }], schema });
    expect(valid).toBe(false);
  });
});

describe('a trace', () => {
  function trace(): TraceEvent[] {
    const file = join(folderOfTest('trace-'), 'events.jsonl');
    writeFileSync(file, record.events.map((event) => `${JSON.stringify(event)}\n`).join(''));
    const text = [...renderTrace(result, file)].join('');
    return (JSON.parse(text) as { traceEvents: TraceEvent[] }).traceEvents;
  }

  it('has a process a group, a thread a peer, and a slice a received chunk, of which each begins and ends', () => {
    const events = trace();
    const threads = events.filter(({ name }) => name === 'thread_name').map(({ args }) => args!['name']);
    expect(threads).toEqual(['laboratory', 'tracker', 'seeder', 'leecher/1', 'leecher/2']);
    const chunks = events.filter((event) => 'cat' in event && event.cat === 'chunk');
    const received = record.events.filter(({ type }) => type === 'chunk-received');
    expect(chunks).toHaveLength(2 * received.length);
    for (const begin of chunks.filter(({ ph }) => ph === 'b')) {
      const ends = chunks.filter((event) => event.ph === 'e' && 'id' in begin && event.id === begin.id);
      expect(ends).toHaveLength(1);
      expect(ends[0]!.ts).toBeGreaterThanOrEqual(begin.ts);
    }
  });

  it('has, by the published format, what each kind of event needs, and slices of a thread that nest', () => {
    const events = trace();
    for (const event of events) {
      expect(Number.isSafeInteger(event.ts) && event.ts >= 0).toBe(true);
      expect([event.pid, event.tid].every(Number.isSafeInteger)).toBe(true);
      expect(['X', 'b', 'e', 'i', 'C', 'M']).toContain(event.ph);
      if (event.ph === 'X') expect(event.dur).toBeGreaterThan(0);
      if (event.ph === 'C') expect(Object.values(event.args!).every(Number.isFinite)).toBe(true);
    }
    const slices = events.filter(({ ph }) => ph === 'X') as (TraceEvent & { dur: number })[];
    expect(slices.length).toBeGreaterThan(0);
    for (const one of slices) {
      const others = slices.filter(({ pid, tid }) => pid === one.pid && tid === one.tid);
      expect(others.filter(({ ts }) => ts > one.ts && ts < one.ts + one.dur)).toEqual([]);
    }
  });

  it('without recorded events, or of a file that is none, is refused', async () => {
    const folder = folderOfTest('trace-');
    const saved = { kind: 'run', file: join(folder, 'result.json'), result } as const;
    const [file] = await exportFiles(saved, 'perfetto');
    expect(() => [...(file!.content as Iterable<string>)]).toThrow(
      'events.jsonl is missing, of which the trace is made',
    );
    writeFileSync(join(folder, 'events.jsonl'), '{"type":"peer-left"\n');
    const [again] = await exportFiles(saved, 'perfetto');
    expect(() => [...(again!.content as Iterable<string>)]).toThrow('events.jsonl:1 is no event');
  });
});
