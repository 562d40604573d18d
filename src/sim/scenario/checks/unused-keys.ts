/** Keys of the tracker that concern none of the peers: no mistake, since others may join, but the plan says so. */
import type { PeerGroup, Scenario } from '../language/scenario.ts';

const OF_SWARM_PEERS: readonly string[] = ['announce_interval', 'silence_limit', 'peers_per_answer'];

/**
 * @param written keys of `tracker` as the user gave them
 * @returns sentences; empty when every key concerns somebody
 */
export function idleNotices(
  written: readonly string[],
  { tracker, groups }: Pick<Scenario, 'tracker' | 'groups'>,
): readonly string[] {
  const allSpeak = (protocol: PeerGroup['protocol']): boolean =>
    groups.every((group) => group.protocol === protocol);
  if (allSpeak('spec')) {
    const hashed = tracker.edition === 'hashed';
    return [
      ...notice(
        written.filter((key) => OF_SWARM_PEERS.includes(key)),
        'only swarm peers announce again and again, but all peers speak spec',
      ),
      ...notice(
        written.filter((key) => key === 'agreement' && !hashed),
        'the plain edition has no hashes, but all peers speak the spec protocol',
      ),
    ];
  }
  // Without an agreement of its own, the hashed edition sets that of swarm peers, too.
  const isFelt = tracker.edition === 'hashed' && !written.includes('agreement');
  return allSpeak('swarm') && !isFelt
    ? notice(
        written.filter((key) => key === 'edition'),
        'only spec peers have an edition, but all peers speak swarm',
      )
    : [];
}

function notice(keys: readonly string[], why: string): readonly string[] {
  if (keys.length === 0) return [];
  const names = keys.map((key) => `tracker.${key}`).join(', ');
  return [`${names}: no effect unless clients from outside join, since ${why}`];
}
