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
  /** Runs a task and resolves to its figures, in the order of the comparisons. */
  readonly run: (task: PaperTask) => Promise<readonly (number | null)[]>;
  /** Tasks at a time, ≥ 1. */
  readonly atOnce: number;
  /** Begins no further task; what `run` rejects with afterwards is no failure. */
  readonly signal: AbortSignal;
  /** A task is over. */
  readonly onTask?: () => void;
}

/**
 * The rows of all cases of which every task is over, in their order.
 *
 * @throws the first error of a run; those under way end first, and no further one begins
 */
export async function runPapers(
  cases: readonly PlannedCase[],
  { run, atOnce, signal, onTask }: PaperRunner,
): Promise<PaperRow[]> {
  const figures = cases.map(({ tasks }) =>
    tasks.map((): readonly (number | null)[] | undefined => undefined),
  );
  const waiting = cases.flatMap(({ tasks }, of) => tasks.map((task, at) => ({ task, of, at })));
  const failures: unknown[] = [];
  const isStopped = (): boolean => signal.aborted;
  const lane = async (): Promise<void> => {
    while (!isStopped() && failures.length === 0 && waiting.length > 0) {
      const { task, of, at } = waiting.shift()!;
      try {
        figures[of]![at] = await run(task);
        onTask?.();
      } catch (error) {
        if (!isStopped()) failures.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, waiting.length) }, lane));
  if (failures.length > 0) throw failures[0];
  return cases.flatMap(({ paper, own }, of) => {
    const known = figures[of]!.filter((one) => one !== undefined);
    return known.length < figures[of]!.length ? [] : rowsOf(paper, own, known);
  });
}
