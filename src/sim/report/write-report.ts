/** Puts the files of one run where people find them: `<folder>/<scenario>/<run>/`, and `<folder>/latest`. */
import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, open, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { StoreError } from '../../core/errors.ts';
import type { SwarmEvent } from '../../core/events.ts';
import type { RunResult } from '../measure/result.ts';
import { renderPeersCsv, renderTimelineCsv } from './csv.ts';
import { renderEventLines, renderPlanJson, renderResultJson } from './json.ts';
import { renderMarkdown } from './markdown.ts';

/** Runs of one scenario and seed that may begin in one second. */
const SAME_SECOND_RUNS_MAX = 1000;

/**
 * Writes result.json, plan.json, events.jsonl, peers.csv, timeline.csv and report.md into a folder of their own
 * and returns its path. The folder appears under its name only when it is complete. Its name is the UTC time of
 * the run's start and the seed, with `-2`, `-3`, … where another run has taken it. `latest` is a relative symbolic
 * link to it, or, where links are not allowed, a text file with the same relative path.
 * @throws {StoreError} the folder cannot be written; the message names it and the fix
 */
export async function writeReport(
  folder: string,
  result: RunResult,
  events: readonly SwarmEvent[],
): Promise<string> {
  const scenario = fileName(result.scenario.name, 80);
  const parent = join(folder, scenario);
  let draft: string | undefined;
  try {
    await mkdir(parent, { recursive: true });
    draft = await mkdtemp(join(parent, '.draft-'));
    await writeFiles(draft, result, events);
    const run = await moveToFreeName(draft, parent, runName(result));
    draft = undefined;
    await pointLatest(folder, `${scenario}/${run}`);
    return join(parent, run);
  } catch (cause) {
    if (draft !== undefined) await rm(draft, { recursive: true, force: true });
    if (cause instanceof StoreError) throw cause;
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new StoreError(
      `the report cannot be written to ${parent}: ${why}; choose another folder by --out`,
      {
        cause,
      },
    );
  }
}

async function writeFiles(folder: string, result: RunResult, events: readonly SwarmEvent[]): Promise<void> {
  await writeFile(join(folder, 'result.json'), renderResultJson(result));
  await writeFile(join(folder, 'plan.json'), renderPlanJson(result));
  await writeFile(join(folder, 'peers.csv'), renderPeersCsv(result));
  await writeFile(join(folder, 'timeline.csv'), renderTimelineCsv(result));
  await writeFile(join(folder, 'report.md'), renderMarkdown(result));
  const file = await open(join(folder, 'events.jsonl'), 'w');
  try {
    for (const lines of renderEventLines(events)) await file.appendFile(lines);
  } finally {
    await file.close();
  }
}

/** `2026-01-02T03-04-05Z-<seed>`: sorts by time, and is a valid name on every file system. */
function runName({ startedAt, seed }: RunResult): string {
  const time = startedAt.replace(/\.\d+/, '').replaceAll(':', '-');
  return `${fileName(time, 30)}-${fileName(seed, 12)}`;
}

function fileName(text: string, lengthMax: number): string {
  const safe = text.replaceAll(/[^A-Za-z0-9._-]+/g, '_').replace(/^\.+/, '_');
  return safe.slice(0, lengthMax) || '_';
}

/** A folder is never moved onto a filled one, so that of two runs with one name one gets the next. */
async function moveToFreeName(draft: string, parent: string, name: string): Promise<string> {
  for (let attempt = 1; attempt <= SAME_SECOND_RUNS_MAX; attempt++) {
    const candidate = attempt === 1 ? name : `${name}-${attempt}`;
    if (await exists(join(parent, candidate))) continue;
    try {
      await rename(draft, join(parent, candidate));
      return candidate;
    } catch (error) {
      if (!(await exists(join(parent, candidate)))) throw error;
    }
  }
  throw new StoreError(`${parent} holds ${SAME_SECOND_RUNS_MAX} runs named ${name}: remove some`);
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return false;
    throw error;
  }
}

/** Made beside and renamed, so that `latest` is there at every instant. */
async function pointLatest(folder: string, target: string): Promise<void> {
  const latest = join(folder, 'latest');
  const draft = join(folder, `.latest-${randomUUID()}`);
  try {
    try {
      await symlink(target, draft, 'dir');
    } catch (error) {
      // Windows allows links only to the privileged; some file systems have none.
      if (!hasCode(error, 'EPERM', 'EACCES', 'ENOSYS', 'ENOTSUP', 'EINVAL')) throw error;
      await writeFile(draft, `${target}\n`);
    }
    await rename(draft, latest);
  } catch (cause) {
    await rm(draft, { force: true });
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new StoreError(
      `the report is in ${join(folder, target)}, but ${latest} cannot point to it: ${why}; ` +
        'if it is a folder, move it away',
      { cause },
    );
  }
}

function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code));
}
