/** What the report of a run keeps. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { SwarmEvent } from '../../../src/core/events.ts';
import { testEnvironment } from '../../../src/sim/measure/fixture.ts';
import type { RunResult } from '../../../src/sim/result/result.ts';
import { runAndReport } from '../../../src/sim/run-and-report.ts';
import { folderOfTest } from '../../support/folder-of-test.ts';
import { testEngines } from '../fault-run.ts';
import { designYaml, effect } from './effect.ts';

interface Kept {
  readonly result: RunResult;
  /** undefined: there is no such file. */
  readonly events: readonly SwarmEvent[] | undefined;
  readonly markdown: string;
}

async function keptBy(record: string): Promise<Kept> {
  const plan = designYaml(`
content: { generate: { size: 320KiB, chunk_size: 16KiB } }
peers:
  seeder: { holds: all, link: { up: 4Mbit/s } }
  leechers: { count: 3, link: { up: 4Mbit/s } }
${record}`).plans[0]!;
  const watcher = { signal: new AbortController().signal };
  const { result, folder } = await runAndReport(testEngines().virtual, plan, watcher, {
    reports: folderOfTest('record-'),
    place: undefined,
    environment: testEnvironment,
  });
  const path = join(folder, 'events.jsonl');
  const lines = existsSync(path) ? readFileSync(path, 'utf8').trimEnd().split('\n') : undefined;
  return {
    result,
    events: lines?.map((line) => JSON.parse(line) as SwarmEvent),
    markdown: readFileSync(join(folder, 'report.md'), 'utf8'),
  };
}

const ofChunk = (event: SwarmEvent): boolean => event.type.startsWith('chunk-');

effect(
  ['record', 'record.events'],
  'leaves events out of the file, or keeps those of some chunks; no figure changes',
  async () => {
    const all = await keptBy('');
    const none = await keptBy('record: { events: none }');
    const some = await keptBy('record: { events: 10% }');
    expect(none.events).toBeUndefined();
    expect(none.markdown).not.toContain('events.jsonl');
    expect(some.markdown).toContain('`events.jsonl`: what happened to 10% of the chunks');
    expect(some.events).toEqual(
      all.events!.filter((event) => !ofChunk(event) || ('index' in event && [1, 11].includes(event.index))),
    );
    expect(some.events!.filter(({ type }) => type === 'chunk-received')).toHaveLength(2 * 3);
    for (const { result } of [none, some]) {
      expect({ ...result, plan: null, startedAt: null, setupMs: null, trust: null }).toEqual({
        ...all.result,
        plan: null,
        startedAt: null,
        setupMs: null,
        trust: null,
      });
    }
  },
);
