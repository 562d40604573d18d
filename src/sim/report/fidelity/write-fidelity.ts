import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { printable, printableJson } from '../../../core/printable.ts';
import type { Fidelity } from '../../fidelity/fidelity.ts';
import { unwritable } from '../report-folders.ts';
import { renderFidelityMarkdown } from './fidelity-markdown.ts';

/**
 * Writes fidelity.json and fidelity.md beside the files of the experiment.
 * @throws {StoreError} the folder cannot be written
 */
export async function writeFidelity(place: string, fidelity: Fidelity): Promise<void> {
  try {
    await writeFile(join(place, 'fidelity.json'), `${printableJson(fidelity)}\n`);
    await writeFile(join(place, 'fidelity.md'), printable(renderFidelityMarkdown(fidelity)));
  } catch (cause) {
    throw unwritable(place, cause);
  }
}
