import type { Experiment } from '../../experiment/experiment.ts';
import { renderTableCsv } from '../csv.ts';
import { runsTable } from './runs-table.ts';

/** One line a run: its place in the order, arm, parameters, verdict and every figure in plain units. */
export function renderExperimentCsv(experiment: Experiment): string {
  return renderTableCsv(runsTable(experiment));
}
