/** What is known of each peer before anything is drawn. */
import { peerName } from '../expressions/peer-directory.ts';
import { earliestJoinMs } from './earliest-join.ts';
import type { PeerGroup, ScenarioContent } from '../language/scenario.ts';

export interface KnownPeer {
  readonly name: string;
  /** False: surely not. */
  readonly mayBeWaitedFor: boolean;
  /** The whole file, at the start. */
  readonly holdsAll: boolean;
  /** Whether it may be there when conditions are looked at first. */
  readonly joinsEarly: boolean;
}

/** Of the first look at conditions, generously. */
const EARLY_MS = 200;

/** In the order of the plan. */
export function knownPeers(groups: readonly PeerGroup[], content: ScenarioContent): readonly KnownPeer[] {
  return groups.flatMap((group) => {
    const holdsAll = isWhole(group, content);
    return Array.from({ length: group.count }, (_, index) => ({
      name: peerName(group.name, group.count, index + 1),
      mayBeWaitedFor: group.mustComplete !== false,
      holdsAll,
      joinsEarly: earliestJoinMs(group.arrival, index) <= EARLY_MS,
    }));
  });
}

function isWhole({ holds }: PeerGroup, content: ScenarioContent): boolean {
  switch (holds.kind) {
    case 'all':
      return true;
    case 'none':
      return false;
    case 'chunks':
      return holds.indices.length === content.totalChunks;
    case 'drawn':
      return holds.chunks === content.totalChunks;
    case 'folder':
      return content.kind === 'folders' && content.folders[holds.folder]?.chunks.size === content.totalChunks;
  }
}
