import { SECOND_MS } from '../../../core/units.ts';
import { formatBytes, formatRate, formatRatio } from '../../units/format.ts';
import type { Chart, Layered, TimeBins } from '../shared/charts.ts';
import { trackerColours } from '../shared/colours.ts';
import { lacksEvents, times } from './sentences.ts';
import { newsKinds, type SwarmStory } from './swarm-story.ts';
import { binAt, binsOf, rounded, spread } from './time-bins.ts';

const STEPS = 80;

/** Messages that reached the tracker each second: those that brought news by their kind, and all others. */
export function trackerChart(story: SwarmStory): Chart<Layered> {
  const lacking = lacksEvents(story);
  if (lacking !== null) return lacking;
  const { traffic } = story.result.tracker;
  const bins = binsOf(story.endMs, STEPS);
  const others = othersIn(story, bins);
  // In the order of `trackerColours`.
  const sums = [
    newsIn(story, bins, newsKinds.announced),
    newsIn(story, bins, newsKinds.asked),
    ...(others === undefined ? [] : [others]),
  ];
  if (sums.every((sum) => sum.every((messages) => messages === 0))) {
    return { missing: 'The tracker was never told of anything.' };
  }
  return {
    bins,
    layers: sums
      .map((sum, at) => ({
        name: trackerColours[at]![0],
        values: rounded(sum.map((messages) => (messages * SECOND_MS) / bins.stepMs)),
      }))
      .filter(({ values }) => values.some((value) => value > 0)),
    summary: `${sentence(story, traffic)}${
      others === undefined ? ' Over time the chart has those that brought news.' : ''
    }`,
  };
}

function newsIn({ tracker }: SwarmStory, bins: TimeBins, wanted: number): Float64Array {
  const sum = new Float64Array(bins.count);
  const { atMs, kind } = tracker;
  for (let row = 0; row < atMs.length; row++) if (kind[row] === wanted) sum[binAt(bins, atMs[row]!)]!++;
  return sum;
}

/**
 * Of the messages that were counted between two samples, those that brought no news, evenly over that time. News that
 * is counted late makes up for it in the samples after.
 */
function othersIn({ result, tracker }: SwarmStory, bins: TimeBins): Float64Array | undefined {
  const { samples } = result;
  if (samples.length < 2 || samples.some(({ trackerReceived }) => trackerReceived === undefined)) {
    return undefined;
  }
  const sum = new Float64Array(bins.count);
  let row = 0;
  let [fromMs, before, late] = [0, 0, 0];
  for (const { atMs, trackerReceived } of samples) {
    let news = late;
    for (; row < tracker.atMs.length && tracker.atMs[row]! <= atMs; row++) {
      if (tracker.kind[row]! <= newsKinds.asked) news++;
    }
    const others = trackerReceived! - before - news;
    late = Math.max(0, -others);
    if (others > 0) spread(bins, sum, fromMs, atMs, others);
    [fromMs, before] = [atMs, trackerReceived!];
  }
  return sum;
}

function sentence(
  { result, tracker }: SwarmStory,
  traffic: SwarmStory['result']['tracker']['traffic'],
): string {
  const { requestsPerSec, requestsPerPeer, bytesPerSec } = result.tracker;
  const of = (kind: number): number => Array.from(tracker.kind).filter((one) => one === kind).length;
  const forgotten = of(newsKinds.forgotten);
  return (
    `The tracker received ${traffic.messagesReceived.toLocaleString('en-US')} messages ` +
    `(${formatRatio(requestsPerSec)}/s, ${formatRatio(requestsPerPeer)} a peer), sent ` +
    `${traffic.messagesSent.toLocaleString('en-US')}, and moved ` +
    `${formatBytes(traffic.controlSentBytes + traffic.controlReceivedBytes)} (${formatRate(bytesPerSec)}). ` +
    `It registered a client ${times(of(newsKinds.registered))}` +
    `${forgotten === 0 ? '' : `, and forgot one ${times(forgotten)}`}.`
  );
}
