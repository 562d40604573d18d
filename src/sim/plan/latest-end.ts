import type { Plan } from './plan.ts';

/** When a run is over whatever happens in it. */
export interface LatestEnd {
  readonly ms: number;
  /** The condition that gives up by then, as it was written; null: the time limit ends it. */
  readonly by: string | null;
}

/** The time limit, or a condition of `abort_on` that looks at the elapsed time alone and comes before it. */
export function latestEnd({ timeLimitMs, abortOn }: Pick<Plan, 'timeLimitMs' | 'abortOn'>): LatestEnd {
  return abortOn
    .filter(
      ({ figure, comparison }) => figure.kind === 'elapsed' && (comparison === '>' || comparison === '>='),
    )
    .reduce<LatestEnd>((end, { text, value }) => (value < end.ms ? { ms: value, by: text } : end), {
      ms: timeLimitMs,
      by: null,
    });
}
