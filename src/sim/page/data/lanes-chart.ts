import { SECOND_MS } from '../../../core/units.ts';
import { hadEverything } from '../../result/completion-times.ts';
import type { Chart, Lane, LaneChart, TimeBins } from '../shared/charts.ts';
import { pickPeers } from './pick-peers.ts';
import type { PeerBytes } from './rates.ts';
import { count } from './sentences.ts';
import type { SwarmStory } from './swarm-story.ts';

/** Steps of the rates that one step of a lane has. */
const TOGETHER = 2;
const LANES_MAX = 120;

/** Without the events of all chunks the lanes have no rates. */
export function lanesChart(story: SwarmStory, bytes: PeerBytes): Chart<LaneChart> {
  const bins = { stepMs: bytes.bins.stepMs * TOGETHER, count: bytes.bins.count / TOGETHER };
  const shown = pickPeers(story, LANES_MAX);
  const rates = shown.map((peer) => ({
    down: story.seenShare < 1 ? [] : stepsOf(bytes.down, bytes.bins, peer),
    up: story.seenShare < 1 ? [] : stepsOf(bytes.up, bytes.bins, peer),
  }));
  const bytesMax = Math.max(0, ...rates.flatMap(({ down, up }) => [...down, ...up]));
  const rateMax = (bytesMax * SECOND_MS) / bins.stepMs;
  const scaled = (values: readonly number[]): number[] =>
    values.map((value) => (bytesMax > 0 ? Math.round((255 * value) / bytesMax) : 0));
  const lanes = shown.map((peer, at) => ({
    ...lifeOf(story, peer),
    down: scaled(rates[at]!.down),
    up: scaled(rates[at]!.up),
  }));
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
      (story.seenShare < 1 ? ' Rates cannot be shown: the events of the chunks were not kept.' : '') +
      (shown.length < peers.length
        ? ` Shown are ${count(shown.length, 'peer')}: those that had everything, the slowest, and the others evenly.`
        : ''),
  };
}

/** Bytes of a peer in each step of a lane. */
function stepsOf(bytes: Float32Array, { count: steps }: TimeBins, peer: number): number[] {
  return Array.from({ length: steps / TOGETHER }, (_, step) => {
    const from = peer * steps + step * TOGETHER;
    return bytes.subarray(from, from + TOGETHER).reduce((sum, value) => sum + value, 0);
  });
}

function lifeOf(story: SwarmStory, peer: number): Omit<Lane, 'down' | 'up'> {
  const figures = story.result.peers[peer]!;
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
  };
}
