import { SECOND_MS } from '../../../core/units.ts';
import { hadEverything } from '../../result/completion-times.ts';
import { formatRate } from '../../units/format.ts';
import type { Chart, Lane, LaneChart } from '../shared/charts.ts';
import { pickPeers } from './pick-peers.ts';
import { peerBytes, type PeerBytes } from './rates.ts';
import { count } from './sentences.ts';
import type { SwarmStory } from './swarm-story.ts';
import { binsOf } from './time-bins.ts';

const STEPS = 60;
const LANES_MAX = 120;

/** Without the events of all chunks the lanes have no rates. */
export function lanesChart(story: SwarmStory): Chart<LaneChart> {
  const bins = binsOf(story.endMs, STEPS);
  const shown = pickPeers(story, LANES_MAX);
  const rates = story.seenShare < 1 ? undefined : peerBytes(story, bins);
  const perSecond = SECOND_MS / bins.stepMs;
  let rateMax = 0;
  if (rates !== undefined) {
    for (const peer of shown) {
      for (let step = 0; step < STEPS; step++) {
        const at = peer * STEPS + step;
        rateMax = Math.max(rateMax, rates.down[at]! * perSecond, rates.up[at]! * perSecond);
      }
    }
  }
  const lanes = shown.map((peer) => laneOf(story, peer, rates, rateMax / perSecond));
  const { peers } = story.result;
  const crashed = story.stays.filter((stays) => stays.at(-1)?.end === 'crashed').length;
  const left = story.stays.filter((stays) => stays.at(-1)?.end === 'left').length;
  const fates = [
    `${peers.filter((peer) => peer.completedMs !== null && !hadEverything(peer)).length.toLocaleString('en-US')} completed`,
    `${peers.filter(hadEverything).length.toLocaleString('en-US')} had everything at the start`,
    ...(left > 0 ? [`${left.toLocaleString('en-US')} left`] : []),
    ...(crashed > 0 ? [`${crashed.toLocaleString('en-US')} crashed`] : []),
  ];
  return {
    bins,
    rateMax,
    lanes,
    peers: peers.length,
    summary:
      `${count(peers.length, 'peer')}: ${fates.join(', ')}.` +
      (rates === undefined
        ? ' Rates cannot be shown: the events of the chunks were not kept.'
        : ` The highest rate of a peer within a step was ${formatRate(rateMax)}.`) +
      (shown.length < peers.length
        ? ` Shown are ${count(shown.length, 'peer')}: those that had everything, the slowest, and the others evenly.`
        : ''),
  };
}

function laneOf(story: SwarmStory, peer: number, rates: PeerBytes | undefined, bytesMax: number): Lane {
  const figures = story.result.peers[peer]!;
  const scaled = (bytes: Float32Array): number[] =>
    Array.from({ length: STEPS }, (_, step) =>
      bytesMax > 0 ? Math.round((255 * bytes[peer * STEPS + step]!) / bytesMax) : 0,
    );
  return {
    name: figures.name,
    group: story.groupOf[peer]!,
    stays: story.stays[peer]!.map(({ joinMs, endMs, end }) => ({
      fromMs: Math.round(joinMs),
      toMs: Math.round(endMs),
      end,
    })),
    completedMs: figures.completedMs,
    hadAll: hadEverything(figures),
    down: rates === undefined ? [] : scaled(rates.down),
    up: rates === undefined ? [] : scaled(rates.up),
  };
}
