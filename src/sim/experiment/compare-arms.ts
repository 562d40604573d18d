/** Whether an arm is better than the baseline, and by how much. */
import { holm, welchDifference, type Difference } from '../analyse/confidence.ts';
import { repeated } from '../analyse/statistics.ts';
import type { Better } from '../metrics/metric.ts';
import type { Against, Statement } from './experiment.ts';

/** Values of a metric over repeats; null: a run without data. */
export type Sample = readonly (number | null)[];

/**
 * Each of the others against the base. The 95 % interval is Welch's and of each difference by itself; better or worse
 * is said only of what is significant after Holm's correction for the number of arms.
 */
export function compareSamples(better: Better, base: Sample, others: readonly Sample[]): Against[] {
  const differences = others.map((values) => differenceOf(base, values));
  const tested = differences.filter((one) => typeof one !== 'string');
  const significant = holm(tested.map(({ p }) => p));
  return differences.map((one): Against => {
    if (typeof one === 'string') {
      return { difference: null, share: null, statement: 'inconclusive', note: one };
    }
    const { estimate, low, high } = one;
    const mean = repeated(base.filter((value) => value !== null))!.mean;
    return {
      difference: { estimate, low, high },
      share: mean === 0 ? null : estimate / mean,
      statement: significant[tested.indexOf(one)]! ? directionOf(estimate, better) : 'no difference shown',
      note: '',
    };
  });
}

export function directionOf(estimate: number, better: Better): Statement {
  if (better === 'neither') return estimate > 0 ? 'higher' : 'lower';
  return estimate > 0 === (better === 'higher') ? 'better' : 'worse';
}

/** Or why there is none. Runs without a figure are not a random part of all: they are often the worst ones. */
function differenceOf(base: Sample, values: Sample): Difference | string {
  const [before, after] = [base, values].map((sample) => sample.filter((value) => value !== null)) as [
    number[],
    number[],
  ];
  const lacking = base.length - before.length + values.length - after.length;
  if (lacking > 0) return `${lacking} of ${base.length + values.length} runs have no such figure`;
  return welchDifference(before, after) ?? 'one run shows no scatter: repeat at least 3 times';
}
