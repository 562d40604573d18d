/** Puts the files of one run where people find them: `<folder>/<scenario>/<run>/`, and `<folder>/latest`. */
import { randomUUID } from 'node:crypto';
import { mkdir, open, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { printable } from '../../core/printable.ts';
import type { SwarmEvent } from '../../core/events.ts';
import type { RunResult } from '../result/result.ts';
import { renderPeersCsv, renderTimelineCsv } from './csv.ts';
import { fileName, moveToFreeName, pointLatest, timedName, unwritable } from './report-folders.ts';
import { renderEventLines, renderPlanJson, renderResultJson } from './json.ts';
import { renderMarkdown } from './markdown.ts';

/** Where the report of a run of an experiment goes. */
export interface RunPlace {
  /** The experiment's folder. */
  readonly parent: string;
  readonly name: string;
}

export interface WrittenReport {
  readonly folder: string;
  /** Why `latest` does not point to it, for the user; null when it does, or was left alone. */
  readonly warning: string | null;
}

/**
 * Writes result.json, plan.json, events.jsonl, peers.csv, timeline.csv and report.md into a folder of their own
 * and returns where. The folder appears under its name only when it is complete. Its name is the UTC time of
 * the run's start and the seed, with `-2`, `-3`, … where another run has taken it. `latest` points to it. A run of an
 * experiment goes to its place instead and leaves `latest` alone.
 * @throws {StoreError} the folder cannot be written; the message names it and the fix
 */
export async function writeReport(
  folder: string,
  result: RunResult,
  events: readonly SwarmEvent[],
  place?: RunPlace,
): Promise<WrittenReport> {
  const scenario = fileName(result.scenario.name, 80);
  const parent = place?.parent ?? join(folder, scenario);
  let draft: string | undefined;
  try {
    await mkdir(parent, { recursive: true });
    // Not mkdtemp: a report is for everybody who may read the folder it is in.
    draft = join(parent, `.draft-${randomUUID()}`);
    await mkdir(draft);
    await writeFiles(draft, result, events);
    const name = place === undefined ? timedName(result.startedAt, result.seed) : fileName(place.name, 100);
    const run = await moveToFreeName(draft, parent, name);
    draft = undefined;
    const warning = place === undefined ? await pointLatest(folder, `${scenario}/${run}`) : null;
    return { folder: join(parent, run), warning };
  } catch (cause) {
    if (draft !== undefined) await rm(draft, { recursive: true, force: true });
    throw unwritable(parent, cause);
  }
}

async function writeFiles(folder: string, result: RunResult, events: readonly SwarmEvent[]): Promise<void> {
  await writeFile(join(folder, 'result.json'), renderResultJson(result));
  await writeFile(join(folder, 'plan.json'), renderPlanJson(result));
  await writeFile(join(folder, 'peers.csv'), renderPeersCsv(result));
  await writeFile(join(folder, 'timeline.csv'), renderTimelineCsv(result));
  await writeFile(join(folder, 'report.md'), printable(renderMarkdown(result)));
  const file = await open(join(folder, 'events.jsonl'), 'w');
  try {
    for (const lines of renderEventLines(events)) await file.appendFile(lines);
  } finally {
    await file.close();
  }
}
