import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { onDisk } from '../../core/node/store/store-errors.ts';
import type { Engine, RunWatcher } from '../engines/engine.ts';
import { pageScript } from '../page/page-script.ts';
import type { Plan } from '../plan/plan.ts';
import { EventFile } from '../report/event-file.ts';
import { renderResultJson } from '../report/json.ts';
import { recordedEvents } from '../report/recorded-events.ts';
import { renderedFiles } from '../report/write-report.ts';
import type { Environment } from '../result/result.ts';
import { runMeasured } from '../run-and-report.ts';
import { packReport, SCRIPT_MARK } from './report-pack.ts';

export interface PackRequest {
  /** For what does not fit into memory while the run goes on; nothing stays there. */
  readonly folder: string;
  readonly environment: Environment;
}

/**
 * Runs a plan and packs the report, the same files as those of `runAndReport`, without writing them.
 *
 * @throws {SwarmError} it could not be carried out on this machine
 */
export async function runAndPack(
  engine: Engine,
  plan: Plan,
  watcher: RunWatcher,
  { folder, environment }: PackRequest,
): Promise<Uint8Array> {
  const failing = new AbortController();
  const isRecorded = recordedEvents(plan);
  const path = join(folder, `${randomUUID()}.jsonl`);
  const events = new EventFile(path, () => failing.abort());
  try {
    const recorder = {
      failed: failing.signal,
      see: (event: Parameters<EventFile['add']>[0]) => {
        if (isRecorded?.(event) === true) events.add(event);
      },
    };
    const { result, page } = await runMeasured(engine, plan, watcher, {
      recorder,
      environment,
      script: { script: pageScript('page'), mark: SCRIPT_MARK },
    });
    const files = new Map<string, Uint8Array | string>();
    const kept = onDisk('write', path, () => events.take());
    if (isRecorded !== null) files.set('events.jsonl', kept);
    files.set('result.json', renderResultJson(result));
    for (const [name, text] of Object.entries(renderedFiles(result))) files.set(name, text);
    files.set('report.html', page);
    return packReport(files);
  } finally {
    events.discard();
  }
}
