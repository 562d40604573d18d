import { formatPercent, formatRatio } from '../../units/format.ts';
import type { Chart, ShareChart } from '../shared/charts.ts';
import { count } from './sentences.ts';
import type { SwarmStory } from './swarm-story.ts';
import { thinned } from './time-bins.ts';

const BARS_MAX = 150;

/** Who carried the load: each peer's upload, the largest first. */
export function shareChart({ result, groupOf }: SwarmStory): Chart<ShareChart> {
  const all = result.peers
    .map((peer, at) => ({ peer, group: groupOf[at]! }))
    .filter(({ peer }) => peer.joinedMs !== null)
    .sort((a, b) => b.peer.uploadedBytes - a.peer.uploadedBytes);
  const total = all.reduce((sum, { peer }) => sum + peer.uploadedBytes, 0);
  if (total === 0) return { missing: 'Nobody uploaded anything.' };
  const tenth = Math.max(1, Math.round(all.length / 10));
  const ofTenth = all.slice(0, tenth).reduce((sum, { peer }) => sum + peer.uploadedBytes, 0);
  const bars = all.length <= BARS_MAX ? all : [all[0]!, ...thinned(all.slice(1), BARS_MAX - 1)];
  const { fairness, seederLoad, contentBytes } = result.swarm;
  return {
    contentBytes,
    peers: all.length,
    meanBytes: total / all.length,
    bars: bars.map(({ peer, group }) => ({
      name: peer.name,
      group,
      uploadedBytes: peer.uploadedBytes,
      downloadedBytes: peer.downloadedBytes,
      ratio: peer.shareRatio,
    })),
    summary:
      `Jain’s index over bytes uploaded is ${formatRatio(fairness)} (1: all sent the same; ${formatRatio(1 / all.length)}: one sent everything). ` +
      `${tenth === 1 ? 'The peer that sent most' : `The ${count(tenth, 'peer')} that sent most`} sent ${formatPercent(ofTenth / total)} of all; ` +
      (seederLoad === null
        ? 'no peer had the whole file at the start.'
        : `the initial seeders sent ${formatRatio(seederLoad)} × the file.`) +
      (bars.length < all.length
        ? ` Shown are ${bars.length} of ${count(all.length, 'peer')}, evenly by rank.`
        : ''),
  };
}
