/** Mistakes of arms: of what they set, and of what the command line sets against them. */
import type { PlacedArm, Setting } from '../resolve/arms.ts';
import type { SourceDocument } from '../source/source-document.ts';
import { OVERRIDES_FILE, type Override } from '../overrides.ts';
import { valueAt } from '../source/plain-data.ts';
import { ScenarioError, type Problem } from '../source/problems.ts';

export interface PlacedArms {
  readonly arms: readonly PlacedArm[];
  readonly baseline: PlacedArm | null;
}

/**
 * Loads as many arms as it takes to try every setting once. What is wrong is told where the setting is written, unless
 * it is wrong in the scenario as it is.
 *
 * @param load throws the mistakes of the scenario with the settings of an arm
 * @param setsBefore how many settings of the command line come before those of the arm
 */
export function armMistakes(
  { arms, baseline }: PlacedArms,
  load: (sets: readonly string[]) => void,
  { document, told, setsBefore }: { document: SourceDocument; told: readonly Problem[]; setsBefore: number },
): Problem[] {
  const known = new Set(told.map(placeOf));
  const wrong = told.map(({ path }) => path);
  const tried = new Set<string>();
  return [...(baseline === null ? [] : [baseline]), ...arms].flatMap((whole) => {
    const arm = withoutSettings(whole, wrong);
    const fresh = arm.sets.filter((set) => !tried.has(set));
    if (fresh.length === 0) return [];
    for (const set of fresh) tried.add(set);
    try {
      load(arm.sets);
      return [];
    } catch (error) {
      if (!(error instanceof ScenarioError)) throw error;
      return error.problems
        .filter((problem) => !known.has(placeOf(problem)))
        .map((problem) => placedAt(problem, arm, setsBefore, document));
    }
  });
}

/** The arm without the settings that are wrong by themselves, such as those with a table that cannot be read. */
function withoutSettings(arm: PlacedArm, wrong: readonly string[]): PlacedArm {
  const isRight = ({ place }: Setting): boolean => {
    const path = place.map(String).join('.');
    return !wrong.some((known) => known === path || known.startsWith(`${path}.`));
  };
  return {
    ...arm,
    sets: arm.sets.filter((_, at) => isRight(arm.settings[at]!)),
    settings: arm.settings.filter(isRight),
  };
}

function placeOf({ file, line, column, path }: Problem): string {
  return [file, line, column, path].join(':');
}

function placedAt(problem: Problem, arm: PlacedArm, setsBefore: number, document: SourceDocument): Problem {
  const setting = problem.file === OVERRIDES_FILE ? arm.settings[problem.line - 1 - setsBefore] : undefined;
  const { path, message, suggestion } = problem;
  const about = path === '' ? message : `${path}: ${message}`;
  if (setting !== undefined) return document.problemAt(setting.place, 'value', about, suggestion);
  const name = arm.name === 'baseline' ? '' : `with ${arm.name}, `;
  return document.problemAt(
    [arm.name === 'baseline' ? 'baseline' : 'sweep'],
    'key',
    `${name}${about}`,
    suggestion,
  );
}

/** What the command line sets counts most: arms that would replace it contradict it. */
export function replacedOverrides(
  { arms, baseline }: PlacedArms,
  overrides: readonly Override[],
  document: SourceDocument,
): Problem[] {
  const swept = arms.flatMap(({ settings }) => settings);
  return overrides.flatMap((override) => {
    const rivals = [
      { name: 'sweep', setting: swept.find((setting) => replaces(setting, override)) },
      { name: 'baseline', setting: baseline?.settings.find((setting) => replaces(setting, override)) },
    ].flatMap(({ name, setting }) => (setting === undefined ? [] : [{ name, setting }]));
    if (rivals.length === 0) return [];
    const places = rivals.map(({ name, setting }) => {
      const { file, line, column } = document.problemAt(keyOf(setting), 'key', '');
      return `the ${name} (${file}:${line}:${column})`;
    });
    const off = rivals.map(({ name }) => `--set ${name}=null`).join(' ');
    return [
      {
        file: OVERRIDES_FILE,
        line: override.line,
        column: 1,
        path: override.path.join('.'),
        message: `${places.join(' and ')} would replace this value`,
        suggestion: `change it there, or run without ${rivals.length > 1 ? 'them' : 'it'}: ${off}`,
      },
    ];
  });
}

/** The path of a setting as the key of its values. */
function keyOf({ place, path }: Setting): Setting['place'] {
  return place.slice(0, place.lastIndexOf(path) + 1);
}

/** Whether something of the override's value is lost in an arm with the setting. */
function replaces({ path }: Setting, override: Override): boolean {
  const steps = path.split('.');
  const isBelow = steps.every((step, depth) => step === override.path[depth]);
  if (isBelow) return true;
  const isAbove = override.path.every((step, depth) => step === steps[depth]);
  if (!isAbove) return false;
  const isMap = typeof override.value === 'object' && override.value !== null;
  return !isMap || valueAt(override.value, steps.slice(override.path.length)) !== undefined;
}
