import { randomUUID } from 'node:crypto';
import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ownPrefix } from '../../core/node/store/left-behind.ts';
import { fileName, moveToFreeName, unwritable } from './report-folders.ts';
import { DRAFT, type RunPlace } from './write-report.ts';

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
