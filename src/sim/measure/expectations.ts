/** Thresholds judged by the figures of a run. Three-valued: a metric without data is never a pass. */
import { satisfies } from '../analyse/satisfies.ts';
import { findMetric } from '../metrics/metrics.ts';
import type { ExpectationFigures, RunResult } from '../result/result.ts';

/** In the order of the plan. What is judged is the whole result but its verdict and its expectations. */
export function judgeExpectations(result: RunResult): ExpectationFigures[] {
  const scopes = {
    groups: result.groups.map(({ name }) => name),
    peers: result.peers.map(({ name }) => name),
  };
  const unfinished = unfinishedNote(result);
  return result.plan.expect.map(({ text, metric: path, comparison, value }): ExpectationFigures => {
    const metric = findMetric(path, scopes);
    const base = { text, metric: path, unit: metric?.unit ?? 'number' } as const;
    if (metric === undefined) {
      return { ...base, measured: null, outcome: 'inconclusive', note: `there is no metric ${path}` };
    }
    const measured = metric.read(result);
    if (measured === null || !Number.isFinite(measured)) {
      return { ...base, measured: null, outcome: 'inconclusive', note: 'the run has no data for it' };
    }
    if (unfinished !== '') return { ...base, measured, outcome: 'inconclusive', note: unfinished };
    return { ...base, measured, outcome: satisfies(measured, comparison, value) ? 'pass' : 'fail', note: '' };
  });
}

/** Figures of a part of a run are not those of the run. */
function unfinishedNote({ ending }: RunResult): string {
  if (ending === 'interrupted') return 'the run was interrupted';
  if (ending === 'aborted') return 'the run was given up';
  return '';
}
