import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { printable, printableJson } from '../../../core/printable.ts';
import type { Comparison } from '../../experiment/comparison.ts';
import { unwritable } from '../report-folders.ts';
import { renderComparisonMarkdown } from './comparison-markdown.ts';

/**
 * Writes comparison.json and comparison.md into the folder of an experiment.
 *
 * @param page comparison.html
 * @throws {StoreError} they cannot be written
 */
export async function writeComparison(folder: string, comparison: Comparison, page: string): Promise<void> {
  try {
    await writeFile(join(folder, 'comparison.json'), `${printableJson(comparison)}\n`);
    await writeFile(join(folder, 'comparison.md'), printable(renderComparisonMarkdown(comparison)));
    await writeFile(join(folder, 'comparison.html'), page);
  } catch (cause) {
    throw unwritable(folder, cause);
  }
}
