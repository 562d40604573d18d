import { quantileSorted } from 'simple-statistics';
import { formatDuration } from '../../units/format.ts';
import type { Chart, LatencyChart } from '../shared/charts.ts';
import { count, lacksEvents } from './sentences.ts';
import { receiptKinds, type SwarmStory } from './swarm-story.ts';

/** A bar for each tenth of a power of ten. */
const BARS_A_DECADE = 10;
const SHORTEST_MS = 0.1;

const PERCENTILES = [
  { name: 'median', share: 0.5 },
  { name: '90 %', share: 0.9 },
  { name: '99 %', share: 0.99 },
] as const;

/** How long chunks took from the request that brought their last byte. */
export function latencyChart(story: SwarmStory): Chart<LatencyChart> {
  const lacking = lacksEvents(story);
  if (lacking !== null) return lacking;
  const { kind, tookMs } = story.receipts;
  const times = Float64Array.from({ length: kind.length }, (_, row) => tookMs[row]!)
    .filter((_, row) => kind[row]! <= receiptKinds.again)
    .sort();
  if (times.length === 0) return { missing: 'No chunk arrived.' };
  const barOf = (ms: number): number => Math.floor(Math.log10(Math.max(ms, SHORTEST_MS)) * BARS_A_DECADE);
  const first = barOf(times[0]!);
  const chunks = new Array<number>(barOf(times.at(-1)!) - first + 1).fill(0);
  for (const ms of times) chunks[barOf(ms) - first]!++;
  const edge = (at: number): number => Number((10 ** ((first + at) / BARS_A_DECADE)).toPrecision(6));
  const sorted = Array.from(times);
  const percentiles = PERCENTILES.map(({ name, share }) => ({ name, ms: quantileSorted(sorted, share) }));
  return {
    bars: chunks.map((number, at) => ({ fromMs: edge(at), toMs: edge(at + 1), chunks: number })),
    percentiles,
    count: times.length,
    summary:
      `${count(times.length, 'chunk')} arrived. From its last request on, half of them took at most ${formatDuration(percentiles[0]!.ms)}, ` +
      `90 % at most ${formatDuration(percentiles[1]!.ms)}, 99 % at most ${formatDuration(percentiles[2]!.ms)}; the slowest took ${formatDuration(times.at(-1)!)}.`,
  };
}
