import type { Experiment } from '../../experiment/experiment.ts';
import { toCsv } from '../csv.ts';

/** One line a run: its place in the order, arm, parameters, verdict and every figure in plain units. */
export function renderExperimentCsv({ arms, runs }: Experiment): string {
  const parameters = [...new Set(arms.flatMap((arm) => Object.keys(arm.parameters)))];
  const metrics = [...new Set(runs.flatMap(({ figures }) => Object.keys(figures)))];
  const valuesOf = new Map(arms.map((arm) => [arm.name, arm.parameters]));
  const rows = runs.map((run, position) => [
    position + 1,
    run.arm,
    run.repeat,
    run.seed,
    run.folder,
    run.outcome,
    run.because,
    run.trust,
    ...parameters.map((name) => valuesOf.get(run.arm)?.[name] ?? null),
    ...metrics.map((metric) => run.figures[metric] ?? null),
  ]);
  const fixed = ['order', 'arm', 'repeat', 'seed', 'folder', 'outcome', 'because', 'trust'];
  return toCsv([...fixed, ...parameters.map((name) => `parameter.${name}`), ...metrics], rows);
}
