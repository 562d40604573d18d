import { randomUUID } from 'node:crypto';
import { cp, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunResult } from '../result/result.ts';
import { ownPrefix } from '../../core/node/store/left-behind.ts';
import { fileName, moveToFreeName, pointLatest, timedName, unwritable } from './report-folders.ts';
import { writeWhole } from './write-file.ts';
import { DRAFT, type RunPlace, type WrittenReport } from './write-report.ts';

/**
 * Copies the report that another program has written to its place in an experiment, and returns where it is.
 *
 * @throws {StoreError} it cannot be written
 */
export async function adoptReport(folder: string, { parent, name }: RunPlace): Promise<string> {
  const draft = join(parent, `${ownPrefix(DRAFT)}${randomUUID()}`);
  try {
    await cp(folder, draft, { recursive: true });
    return join(parent, await moveToFreeName(draft, parent, fileName(name, 100)));
  } catch (cause) {
    await rm(draft, { recursive: true, force: true });
    throw unwritable(parent, cause);
  }
}

/**
 * Writes the files of a report that came from elsewhere, each in pieces, to its place in an experiment, or below `folder`/<scenario>/
 * where `latest` then points to it.
 *
 * @throws {StoreError} it cannot be written
 */
export async function storeReport(
  files: ReadonlyMap<string, readonly Uint8Array[]>,
  { startedAt, seed, scenario }: Pick<RunResult, 'startedAt' | 'seed' | 'scenario'>,
  folder: string,
  place: RunPlace | undefined,
): Promise<WrittenReport> {
  const parent = place?.parent ?? join(folder, fileName(scenario.name, 80));
  const draft = join(parent, `${ownPrefix(DRAFT)}${randomUUID()}`);
  try {
    await mkdir(draft, { recursive: true });
    await Promise.all([...files].map(([name, pieces]) => writeWhole(join(draft, name), pieces)));
    const name = place === undefined ? timedName(startedAt, seed) : fileName(place.name, 100);
    const run = await moveToFreeName(draft, parent, name);
    const warning =
      place === undefined ? await pointLatest(folder, `${fileName(scenario.name, 80)}/${run}`) : null;
    return { folder: join(parent, run), warning };
  } catch (cause) {
    await rm(draft, { recursive: true, force: true });
    throw unwritable(parent, cause);
  }
}
