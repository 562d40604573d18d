/** Mistakes in a file that a user wrote, each with its place and its fix. */
import { ConfigError } from '../../../core/errors.ts';
import { printableLine } from '../../../core/printable.ts';
import type { SettingPlace } from '../../plan/shortage.ts';

export interface Problem {
  /** As the user named it; `--set` for what came from the command line, one line an override. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 1, in UTF-16 units. */
  readonly column: number;
  /** Dotted, as `--set` takes it: `peers.leechers.link.up`. Empty for the file as a whole. */
  readonly path: string;
  readonly message: string;
  readonly suggestion?: string;
}

/** Text by file name, for the source lines in the message. */
export type Sources = ReadonlyMap<string, string>;

const PROBLEMS_SHOWN_MAX = 30;
const SOURCE_LINE_CHARS_MAX = 100;

/** All mistakes of one file at once. The message shows each with its source line and a caret. */
export class ScenarioError extends ConfigError {
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[], sources: Sources) {
    super(renderProblems(problems, sources));
    this.problems = problems;
  }
}

/** A place at which others tell what they find. */
export function placed(
  problemAt: (message: string, remedy: string) => Problem,
  sources: Sources,
): SettingPlace {
  const { file, line, column } = problemAt('', '');
  return {
    place: `${file}:${line}:${column}`,
    mistake: (message, remedy) => new ScenarioError([problemAt(message, remedy)], sources),
  };
}

function renderProblems(problems: readonly Problem[], sources: Sources): string {
  const shown = problems.slice(0, PROBLEMS_SHOWN_MAX).map((problem) => renderProblem(problem, sources));
  const more = problems.length - shown.length;
  return [...shown, ...(more > 0 ? [`and ${more} more mistakes`] : [])].join('\n');
}

function renderProblem(problem: Problem, sources: Sources): string {
  const { file, line, column, path, message, suggestion } = problem;
  const what = `${file}:${line}:${column}: ${path === '' ? '' : `${path}: `}${message}`;
  const head = printableLine(suggestion === undefined ? what : `${what}; ${suggestion}`);
  const source = sources.get(file)?.split(/\r?\n/)[line - 1];
  if (source === undefined || source.trim() === '') return head;
  const from = column > SOURCE_LINE_CHARS_MAX / 2 ? column - SOURCE_LINE_CHARS_MAX / 2 : 0;
  const excerpt = source.slice(from, from + SOURCE_LINE_CHARS_MAX);
  const indent = excerpt.slice(0, column - 1 - from).replaceAll(/[^\t]/g, ' ');
  const margin = String(line).padStart(5);
  return `${head}\n${margin} | ${printableLine(excerpt)}\n${' '.repeat(5)} | ${indent}^`;
}

/** In order of place; one mistake is told once. */
export function inOrder(problems: readonly Problem[]): Problem[] {
  const unique = new Map(problems.map((problem) => [JSON.stringify(problem), problem]));
  return [...unique.values()].sort(
    (a, b) => (a.file === b.file ? 0 : a.file < b.file ? -1 : 1) || a.line - b.line || a.column - b.column,
  );
}
