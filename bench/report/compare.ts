/**
 * What has changed between two saved runs. Each figure gets the ratio of its geometric means with Welch's 95 %
 * interval; only what is significant after Holm's correction for the number of figures is called faster or slower.
 */
import { holm } from '../../src/sim/analyse/confidence.ts';
import { welchRatio, type Interval } from '../statistics.ts';
import type { BenchReport, BenchResult } from './report.ts';

export type ChangeVerdict = 'faster' | 'slower' | 'no difference shown';

export interface ComparedFigure {
  readonly name: string;
  readonly figure: 'ops/s' | 'goodput' | 'ratio to the star' | 'time' | 'ratio';
  /** How much faster: after / before for rates, before / after for times; null with fewer than two values a side. */
  readonly speedUp: Interval | null;
  readonly verdict: ChangeVerdict;
  /** Why nothing could be shown, or what to know beside the verdict. */
  readonly note: string;
}

export interface Comparison {
  /** Why the two are not alike; then nothing is compared. */
  readonly refusals: readonly string[];
  /** What may have disturbed the comparison. */
  readonly warnings: readonly string[];
  readonly figures: readonly ComparedFigure[];
  readonly onlyBefore: readonly string[];
  readonly onlyAfter: readonly string[];
}

interface Series {
  readonly name: string;
  readonly figure: ComparedFigure['figure'];
  readonly higherIsFaster: boolean;
  readonly values: readonly number[];
  readonly work: string;
}

export function compareReports(before: BenchReport, after: BenchReport): Comparison {
  const refusals = differences(before, after);
  const names = (report: BenchReport): string[] => report.results.map(({ name }) => name);
  const base = {
    refusals,
    warnings: disturbances(before, after),
    onlyBefore: names(before).filter((name) => !names(after).includes(name)),
    onlyAfter: names(after).filter((name) => !names(before).includes(name)),
  };
  if (refusals.length > 0) return { ...base, figures: [] };
  const afterSeries = after.results.flatMap(seriesOf);
  const pairs = before.results.flatMap(seriesOf).flatMap((one) => {
    const other = afterSeries.find(({ name, figure }) => name === one.name && figure === one.figure);
    return other === undefined ? [] : [[one, other] as const];
  });
  return { ...base, figures: judge(pairs) };
}

function judge(pairs: readonly (readonly [Series, Series])[]): ComparedFigure[] {
  const changes = pairs.map(([one, other]) =>
    one.higherIsFaster ? welchRatio(one.values, other.values) : welchRatio(other.values, one.values),
  );
  // Figures without an interval are no tests, so they must not make the others' harder.
  const tested = changes.filter((change) => change !== null);
  const significant = holm(tested.map(({ p }) => p));
  return pairs.map(([one, other], at): ComparedFigure => {
    const { name, figure } = one;
    const change = changes[at] ?? null;
    if (change === null) {
      const note = 'one value shows no scatter: --repeat 3 or more';
      return { name, figure, speedUp: null, verdict: 'no difference shown', note };
    }
    const { estimate, low, high } = change;
    const speedUp = { estimate, low, high };
    const shown = significant[tested.indexOf(change)]! && one.work === other.work;
    const verdict = !shown ? 'no difference shown' : change.estimate > 1 ? 'faster' : 'slower';
    return {
      name,
      figure,
      speedUp,
      verdict,
      note: one.work === other.work ? '' : 'the work itself has changed',
    };
  });
}

function seriesOf(result: BenchResult): Series[] {
  const { name } = result;
  switch (result.kind) {
    case 'micro': {
      const { opsPerSec: values, checksum: work } = result;
      return [{ name, figure: 'ops/s', higherIsFaster: true, values, work }];
    }
    case 'throughput': {
      const work = `${result.leechers}/${result.fileBytes}/${result.chunkBytes}`;
      const goodput = result.runs.map((run) => run.goodputBytesPerSec);
      const ratio = result.runs.map((run) => run.goodputBytesPerSec / run.starBytesPerSec);
      return [
        { name, figure: 'goodput', higherIsFaster: true, values: goodput, work },
        { name, figure: 'ratio to the star', higherIsFaster: true, values: ratio, work },
      ];
    }
    case 'duration':
      return [{ name, figure: 'time', higherIsFaster: false, values: result.valuesMs, work: result.what }];
    case 'cost': {
      const work = `${result.peers}/${result.chunks}`;
      return [{ name, figure: 'time', higherIsFaster: false, values: result.chunkMs, work }];
    }
    case 'ratio': {
      const { values, what: work, goal } = result;
      return [{ name, figure: 'ratio', higherIsFaster: goal.is === 'at least', values, work }];
    }
  }
}

function differences(before: BenchReport, after: BenchReport): string[] {
  const refusals: string[] = [];
  const alike = (what: string, one: string | number, other: string | number): void => {
    if (one !== other) refusals.push(`${what}: ${one} then, ${other} now`);
  };
  alike('size of the benchmarks', before.size, after.size);
  alike('processor', before.environment.cpu, after.environment.cpu);
  alike('cores', before.environment.cores, after.environment.cores);
  alike('platform', before.environment.platform, after.environment.platform);
  return refusals;
}

const OTHERS_DIFFER_BY = 0.1;

function disturbances(before: BenchReport, after: BenchReport): string[] {
  const warnings: string[] = [];
  if (before.environment.node !== after.environment.node) {
    warnings.push(`Node ${before.environment.node} then, ${after.environment.node} now`);
  }
  const [then, now] = [before.host.othersCpuShare, after.host.othersCpuShare];
  if (Math.abs(then - now) > OTHERS_DIFFER_BY) {
    const percent = (share: number): string => `${Math.round(share * 100)} %`;
    warnings.push(
      `other programs used ${percent(then)} of the processors then and ${percent(now)} now: ` +
        'a difference may be theirs; the ratio to the star suffers least',
    );
  }
  return warnings;
}
