/** What is unlike between two sets of runs besides what was to be compared; each a sentence. */
import type { TrustLevel } from '../result/result.ts';
import type { Plan } from '../plan/plan.ts';
import { GROUPS_MAX } from './digest.ts';
import type { Experiment, ExperimentRun } from './experiment.ts';
import { describeChange, planChanges } from './plan-changes.ts';

/** An experiment with the name by which the reader knows it. */
export interface Named {
  readonly name: string;
  readonly experiment: Experiment;
}

/** The plan of a run; undefined: it is not there any more. */
export type PlanOf = (run: ExperimentRun) => Plan | undefined;

/** More in one sentence nobody reads. */
const CHANGES_MAX = 8;

export interface RunPair {
  readonly base: readonly ExperimentRun[];
  readonly other: readonly ExperimentRun[];
}

export function unlike(base: Named, other: Named): string[] {
  const found: string[] = [];
  const alike = (what: string, one: string | number | null, two: string | number | null): void => {
    if (one !== two) {
      found.push(`${what}: ${one ?? 'unknown'} in ${base.name}, ${two ?? 'unknown'} in ${other.name}.`);
    }
  };
  const [one, two] = [base.experiment, other.experiment];
  alike('Different scenarios', one.scenario.name, two.scenario.name);
  alike('Different engines', one.engine, two.engine);
  alike('Different processors', one.environment.cpu, two.environment.cpu);
  alike('Different numbers of cores', one.environment.cores, two.environment.cores);
  alike('Different platforms', one.environment.platform, two.environment.platform);
  alike('Different versions of Node', one.environment.node, two.environment.node);
  alike('Different commits', one.environment.commit, two.environment.commit);
  alike('Different versions', one.environment.version, two.environment.version);
  return found;
}

/** By the same seed an unchanged scenario has the same plan. */
export function planDifferences(
  pairs: readonly RunPair[],
  other: string,
  plansOf: { readonly base: PlanOf | undefined; readonly other: PlanOf | undefined },
): string[] {
  const both = pairs.flatMap(({ base, other: others }) =>
    base.flatMap((run) => {
      const twin = others.find(({ seed }) => seed === run.seed);
      return twin === undefined ? [] : [{ run, twin }];
    }),
  );
  const unequal = both.filter(({ run, twin }) => twin.planHash !== run.planHash);
  const changed = unequal.length;
  const alone = pairs.reduce((sum, { base }) => sum + base.length, 0) - both.length;
  return [
    ...(changed > 0
      ? [
          `${changed} of ${both.length} plans differ although the seed is the same: the scenario, --set, or how the program reads them has changed.`,
          ...changesIn(unequal, plansOf),
        ]
      : []),
    ...(alone > 0 ? [`${alone} runs have a seed that ${other} lacks: their random values differ, too.`] : []),
  ];
}

/** What is other in the first plans that are: by one seed the others differ in the same keys. */
function changesIn(
  unequal: readonly { readonly run: ExperimentRun; readonly twin: ExperimentRun }[],
  { base, other }: Parameters<typeof planDifferences>[2],
): string[] {
  for (const { run, twin } of unequal) {
    const [before, after] = [base?.(run), other?.(twin)];
    if (before === undefined || after === undefined) continue;
    const changes = planChanges(before, after).map(describeChange);
    if (changes.length === 0) return [];
    const rest = changes.length - CHANGES_MAX;
    const more = rest > 0 ? [`and ${rest} more (plan.json of both runs has them)`] : [];
    return [`What is set otherwise: ${[...changes.slice(0, CHANGES_MAX), ...more].join('; ')}.`];
  }
  return [];
}

/** Groups beyond those whose figures are kept. */
export function groupsLeftOut({ name, experiment: { runs } }: Named): string[] {
  const most = Math.max(0, ...runs.map((run) => run.groupsLeftOut ?? 0));
  return most === 0
    ? []
    : [`${most} groups of ${name} are not compared: only the first ${GROUPS_MAX} of the plan are.`];
}

export function doubts({ name, experiment: { runs, ending } }: Named): string[] {
  const of = (level: TrustLevel) => runs.filter(({ trust }) => trust === level).length;
  const [doubtful, untrusted] = [of('doubtful'), of('untrusted')];
  return [
    ...(untrusted > 0
      ? [`${untrusted} of ${runs.length} runs of ${name} are untrusted: the machine decided their figures.`]
      : []),
    ...(doubtful > 0
      ? [
          `${doubtful} of ${runs.length} runs of ${name} are doubtful: the machine may have decided their figures.`,
        ]
      : []),
    ...(ending === 'completed'
      ? []
      : [`The experiment of ${name} was ${ending === 'failed' ? 'cut short by a failure' : 'interrupted'}.`]),
  ];
}
