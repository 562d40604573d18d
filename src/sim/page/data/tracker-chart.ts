import { SECOND_MS } from '../../../core/units.ts';
import { formatBytes, formatRate, formatRatio } from '../../units/format.ts';
import type { Chart, Layered } from '../shared/charts.ts';
import { trackerColours } from '../shared/colours.ts';
import { lacksEvents } from './sentences.ts';
import type { SwarmStory } from './swarm-story.ts';
import { binAt, binsOf, rounded } from './time-bins.ts';

const STEPS = 80;

/** By kind, what reached the tracker each second. Announces that told of nothing new are not among the events. */
export function trackerChart(story: SwarmStory): Chart<Layered> {
  const lacking = lacksEvents(story);
  if (lacking !== null) return lacking;
  const { atMs, kind } = story.tracker;
  if (atMs.length === 0) return { missing: 'The tracker was never told of anything.' };
  const bins = binsOf(story.endMs, STEPS);
  const sums = trackerColours.map(() => new Float64Array(STEPS));
  for (let row = 0; row < atMs.length; row++) sums[kind[row]!]![binAt(bins, atMs[row]!)]!++;
  const { traffic, requestsPerSec, requestsPerPeer, bytesPerSec } = story.result.tracker;
  return {
    bins,
    layers: trackerColours
      .map(([name], at) => ({
        name,
        values: rounded(sums[at]!.map((events) => (events * SECOND_MS) / bins.stepMs)),
      }))
      .filter(({ values }) => values.some((value) => value > 0)),
    summary:
      `The tracker received ${traffic.messagesReceived.toLocaleString('en-US')} messages in all ` +
      `(${formatRatio(requestsPerSec)}/s, ${formatRatio(requestsPerPeer)} a peer) and moved ` +
      `${formatBytes(traffic.controlSentBytes + traffic.controlReceivedBytes)} (${formatRate(bytesPerSec)}). ` +
      'Over time the chart has those that brought news; announces without any are only in the sum.',
  };
}
