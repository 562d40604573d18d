/** Where a setting is written, for mistakes that only the plan of a run shows. */
import type { SettingPlace } from '../plan/shortage.ts';
import { OVERRIDES_FILE } from './overrides.ts';
import { readScenarioDocument, type DocumentOptions } from './scenario-document.ts';
import { valueAt } from './source/plain-data.ts';
import { placed } from './source/problems.ts';

export interface PlaceOptions extends DocumentOptions {
  /** What an arm of the sweep sets on top, as `--set` would. */
  readonly armSets: readonly string[];
}

/**
 * A key of a scenario that has been read without mistakes: in its file or one that it stands on, on the command line, or
 * in the sweep.
 */
export function settingPlace(
  text: string,
  file: string,
  key: string,
  { sets, armSets, readText }: PlaceOptions,
): SettingPlace {
  const document = readScenarioDocument(text, file, {
    sets: [...sets, ...armSets],
    ...(readText === undefined ? {} : { readText }),
  });
  return placed((message, remedy) => {
    const problem = document.problemAt([key], 'value', message, remedy);
    if (problem.file !== OVERRIDES_FILE || problem.line <= sets.length) return problem;
    const path = armSets[problem.line - 1 - sets.length]!.split('=')[0]!;
    const at = [
      ['sweep', 'product', path],
      ['sweep', 'zip', path],
      ['baseline', path],
    ].find((place) => valueAt(document.data, place) !== undefined);
    return { ...document.problemAt(at ?? ['sweep'], 'key', message, remedy), path: key };
  }, document.sources);
}
