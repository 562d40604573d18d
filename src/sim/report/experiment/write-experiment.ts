/** Puts the files of an experiment where people find them: `<folder>/<scenario>/<experiment>/`. */
import { mkdir, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { printable, printableJson } from '../../../core/printable.ts';
import type { Experiment } from '../../experiment/experiment.ts';
import { renderExperimentCsv } from './experiment-csv.ts';
import { renderExperimentMarkdown } from './experiment-markdown.ts';
import { fileName, makeFreeFolder, pointLatest, timedName, unwritable } from '../report-folders.ts';

/**
 * Makes the folder in which an experiment's runs and then its own files go, and returns its path.
 * @throws {StoreError} it cannot be made; the message names it and the fix
 */
export async function openExperiment(
  folder: string,
  {
    scenario,
    startedAt,
    seed,
    kind = 'experiment',
  }: {
    readonly scenario: string;
    readonly startedAt: string;
    readonly seed: string;
    /** The last word of the folder's name. */
    readonly kind?: 'experiment' | 'fidelity';
  },
): Promise<string> {
  const parent = join(folder, fileName(scenario, 80));
  try {
    await mkdir(parent, { recursive: true });
    return join(parent, await makeFreeFolder(parent, `${timedName(startedAt, seed)}-${kind}`));
  } catch (cause) {
    throw unwritable(parent, cause);
  }
}

/**
 * Writes experiment.json, experiment.md and experiment.csv beside the folders of the runs; `latest` points there.
 * Returns why it does not, for the user; null when it does.
 * @param more texts by the name of their file, to be written beside them
 * @throws {StoreError} the folder cannot be written
 */
export async function writeExperiment(
  place: string,
  experiment: Experiment,
  more: Readonly<Record<string, string>> = {},
): Promise<string | null> {
  try {
    await writeFile(join(place, 'experiment.json'), `${printableJson(experiment)}\n`);
    for (const [name, text] of Object.entries({ ...renderedExperiment(experiment), ...more })) {
      await writeFile(join(place, name), text);
    }
    const parent = dirname(place);
    return await pointLatest(dirname(parent), `${basename(parent)}/${basename(place)}`);
  } catch (cause) {
    throw unwritable(place, cause);
  }
}

/** The texts of an experiment that follow from its experiment.json alone, by the names of their files. */
export function renderedExperiment(experiment: Experiment): Readonly<Record<string, string>> {
  return {
    'experiment.csv': renderExperimentCsv(experiment),
    'experiment.md': printable(renderExperimentMarkdown(experiment)),
  };
}
