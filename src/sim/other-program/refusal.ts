/** Why the program of another commit made nothing of a plan, from its last words. */
import { ConfigError, EngineError } from '../../core/errors.ts';
import { groupAlike, timesText } from '../saved-plan/alike.ts';
import type { GitRef } from './checkout.ts';

/** Of its last words, as many as explain something. */
const LINES_MAX = 20;
const BAD_INPUT = 2;

export interface LastWords {
  /** Null: a signal ended it. */
  readonly code: number | null;
  /** Its standard error. */
  readonly told: string;
  /** What it was given to run, as its mistakes name it. */
  readonly planFile: string;
}

export function refusalOf(
  { name, commit }: GitRef,
  { code, told, planFile }: LastWords,
): ConfigError | EngineError {
  const where = `the program of ${name} (commit ${commit.slice(0, 12)})`;
  const lines = told.trim().split('\n');
  if (code !== BAD_INPUT) {
    const end = code === null ? 'a signal' : `code ${code}`;
    return new EngineError(`${where} ended with ${end} and no result; it said:\n${listed(lines)}`);
  }
  const unknown = mistakesIn(lines, planFile);
  if (unknown.length === 0) {
    return new ConfigError(`${where} cannot run this plan; it says:\n${listed(lines)}`);
  }
  return new ConfigError(
    `${where} cannot run this plan, which has what that program does not know:\n` +
      `${listed(unknown)}\n` +
      (unknown.some((mistake) => mistake.startsWith('schemaVersion:'))
        ? 'its plans have another form; name a commit whose plans have that of this program'
        : 'name a commit that has it, or set what both programs know (--set)'),
  );
}

function listed(lines: readonly string[]): string {
  return lines
    .slice(-LINES_MAX)
    .map((line) => `  ${line}`)
    .join('\n');
}

/**
 * What it says of places in the plan, each cause once: older programs tell it at every peer. The file is gone afterwards, so
 * lines and columns would help nobody.
 */
function mistakesIn(lines: readonly string[], planFile: string): string[] {
  const mistakes = lines.flatMap((line) => {
    const at = line.indexOf(`${planFile}:`);
    const parts = at === -1 ? null : /^:\d+:\d+: ([^\s:]+): (.+)$/.exec(line.slice(at + planFile.length));
    return parts === null ? [] : [{ path: parts[1]!, words: parts[2]! }];
  });
  return groupAlike(mistakes, (mistake) => mistake).map((group) => {
    const { path, words } = group[0]!;
    return `${path}: ${words}${timesText(group.map((one) => one.path))}`;
  });
}
