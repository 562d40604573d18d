/** Runs the scenarios of papers as their cases say, several at once, and compares. */
import { designExperiment } from '../experiment/design.ts';
import type { Plan } from '../plan/plan.ts';
import { findScenario } from '../shipped/shipped-files.ts';
import { rowsOf, type PaperRow } from './paper-row.ts';
import type { Paper, PaperCase } from './paper.ts';

/** One repeat of a case: its runs with one seed, by name. */
export interface PaperTask {
  readonly paper: string;
  readonly case: string;
  readonly plans: Readonly<Record<string, Plan>>;
}

export interface PlannedCase {
  readonly paper: Paper;
  readonly own: PaperCase;
  /** One for each seed. */
  readonly tasks: readonly PaperTask[];
}

export interface PaperChoice {
  /** Only cases that have it in `<paper> <case>`, whether in capitals or not. */
  readonly filter: string;
  readonly smoke: boolean;
  /** Instead of the scenarios'. */
  readonly seed?: string;
  /** Instead of the cases'. */
  readonly repeat?: number;
}

/**
 * All runs, drawn before the first of them begins.
 *
 * @throws {ConfigError} a scenario has a mistake
 */
export function planPapers(papers: readonly Paper[], choice: PaperChoice): PlannedCase[] {
  const filter = choice.filter.toLowerCase();
  return papers.flatMap((paper) =>
    paper.cases
      .filter(({ isSmoke }) => !choice.smoke || isSmoke === true)
      .filter(({ name }) => `${paper.name} ${name}`.toLowerCase().includes(filter))
      .map((own) => planCase(paper, own, choice)),
  );
}

function planCase(paper: Paper, own: PaperCase, { seed, repeat, smoke }: PaperChoice): PlannedCase {
  const repeats = repeat ?? (smoke ? 1 : own.repeats);
  const name = `papers/${paper.name}`;
  const file = findScenario(name) ?? name;
  const designs = Object.entries(own.runs).map(([run, sets]) => {
    const { plans } = designExperiment({
      file,
      sets: ['engine=virtual', 'sweep=null', ...sets],
      repeat: repeats,
      ...(seed !== undefined && { seed }),
    });
    return [run, plans] as const;
  });
  const tasks = Array.from({ length: repeats }, (_, at) => ({
    paper: paper.name,
    case: own.name,
    plans: Object.fromEntries(designs.map(([run, plans]) => [run, plans[at]!])),
  }));
  return { paper, own, tasks };
}

export interface PaperRunner {
  /** Runs a task and resolves to its figures, in the order of the comparisons; it decides how many at once. */
  run(task: PaperTask): Promise<readonly (number | null)[]>;
  /** A task is over. */
  onTask?(): void;
  /** The rows of a case, as soon as all its seeds are over. */
  onCase?(rows: readonly PaperRow[]): void;
}

/** The rows of all cases, in their order. @throws the first error of a run; the others end first */
export async function runPapers(cases: readonly PlannedCase[], runner: PaperRunner): Promise<PaperRow[]> {
  const settled = await Promise.allSettled(
    cases.map(async ({ paper, own, tasks }) => {
      const figures = await Promise.all(
        tasks.map(async (task) => {
          const one = await runner.run(task);
          runner.onTask?.();
          return one;
        }),
      );
      const rows = rowsOf(paper, own, figures);
      runner.onCase?.(rows);
      return rows;
    }),
  );
  return settled.flatMap((one) => {
    if (one.status === 'rejected') throw one.reason;
    return one.value;
  });
}
