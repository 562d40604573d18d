import { hadEverything } from '../../result/completion-times.ts';
import type { SwarmStory } from './swarm-story.ts';
import { thinned } from './time-bins.ts';

/**
 * Positions of at most `most` peers of the plan, in its order: all, or else those that had everything, the slowest or
 * incomplete ones, and the rest evenly from every group.
 */
export function pickPeers({ result }: SwarmStory, most: number): number[] {
  const { peers } = result;
  const all = peers.map((_, at) => at);
  if (all.length <= most) return all;
  const share = Math.floor(most / 5);
  const rank = (at: number): number => (peers[at]!.mustComplete ? (peers[at]!.completedMs ?? Infinity) : 0);
  const chosen = new Set([
    ...all.filter((at) => hadEverything(peers[at]!)).slice(0, share),
    ...all.toSorted((a, b) => rank(b) - rank(a)).slice(0, share),
  ]);
  const rest = all.filter((at) => !chosen.has(at));
  for (const at of thinned(rest, most - chosen.size)) chosen.add(at);
  return all.filter((at) => chosen.has(at));
}
