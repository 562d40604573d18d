import { SECOND_MS } from '../../../core/units.ts';
import { formatDuration, formatRate } from '../../units/format.ts';
import type { Chart, Departures, Layered } from '../shared/charts.ts';
import { ALL_PEERS, hasOwnColour, OTHERS } from '../shared/colours.ts';
import { departureSentence } from './departures.ts';
import { receiptKinds, type SwarmStory } from './swarm-story.ts';
import { binsOf, rounded, spread } from './time-bins.ts';

const STEPS = 120;

/** Useful bytes per second by the group of the receiver; without the events of all chunks that of the whole swarm. */
export function goodputChart(story: SwarmStory, departures: Departures): Chart<Layered> {
  const bins = binsOf(story.endMs, STEPS);
  const layers = story.seenShare < 1 ? [whole(story, bins)] : byGroup(story, bins);
  if (layers.length === 0) return { missing: 'No chunk arrived.' };
  const sums = Array.from({ length: STEPS }, (_, step) =>
    layers.reduce((sum, { values }) => sum + values[step]!, 0),
  );
  const most = Math.max(...sums);
  if (most === 0) return { missing: 'No chunk arrived.' };
  const at = sums.indexOf(most) * bins.stepMs;
  const { goodputBytesPerSec: mean, makespanMs } = story.result.swarm;
  const until =
    makespanMs !== null ? 'until the makespan' : story.goesOn ? 'so far' : 'until the end of the run';
  return {
    bins,
    layers,
    summary:
      `Goodput of all peers: ${formatRate(mean)} on average ${until}, at most ${formatRate(most)} ` +
      `(around ${formatDuration(at)}).${departureSentence(departures)}`,
  };
}

function byGroup({ receipts, groupOf, groups }: SwarmStory, bins: Layered['bins']): Layered['layers'] {
  const sums = groups.map(() => new Float64Array(bins.count));
  const { atMs, tookMs, to, bytes, kind } = receipts;
  for (let row = 0; row < atMs.length; row++) {
    if (kind[row] !== receiptKinds.useful && kind[row] !== receiptKinds.part) continue;
    spread(bins, sums[groupOf[to[row]!]!]!, atMs[row]! - tookMs[row]!, atMs[row]!, bytes[row]!);
  }
  const others = new Float64Array(bins.count);
  sums.forEach((sum, at) => {
    if (!hasOwnColour(at, groups.length)) sum.forEach((amount, step) => (others[step]! += amount));
  });
  const own = sums
    .map((sum, at) => ({ name: groups[at]!, values: perSecond(sum, bins) }))
    .filter((_, at) => hasOwnColour(at, groups.length));
  return [...own, { name: OTHERS, values: perSecond(others, bins) }].filter(({ values }) =>
    values.some((value) => value > 0),
  );
}

function whole({ result }: SwarmStory, bins: Layered['bins']): Layered['layers'][number] {
  const sums = new Float64Array(bins.count);
  result.samples.slice(1).forEach(({ atMs, usefulBytes }, at) => {
    const before = result.samples[at]!;
    spread(bins, sums, before.atMs, atMs, usefulBytes - before.usefulBytes);
  });
  return { name: ALL_PEERS, values: perSecond(sums, bins) };
}

function perSecond(sums: Float64Array, { stepMs }: Layered['bins']): number[] {
  return rounded(sums.map((bytes) => (bytes * SECOND_MS) / stepMs));
}
