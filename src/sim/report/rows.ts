/** Rows of the tables that terminal and Markdown share. */
import type { GroupFigures, InjectedFigures, PeerFigures, RunResult } from '../measure/result.ts';
import { formatBytes, formatDuration, formatPercent, formatRatio } from './format.ts';
import type { Column } from './table.ts';

export const peerColumns: readonly Column[] = [
  { head: 'peer' },
  { head: 'protocol' },
  { head: 'joined', align: 'right' },
  { head: 'took', align: 'right' },
  { head: 'chunks', align: 'right' },
  { head: 'sent', align: 'right' },
  { head: 'received', align: 'right' },
  { head: 'ratio', align: 'right' },
  { head: 'uplink', align: 'right' },
  { head: 'content' },
];

export function peerRow(peer: PeerFigures): string[] {
  return [
    peer.name,
    peer.protocol,
    peer.joinedMs === null ? 'never' : formatDuration(peer.joinedMs),
    hadEverything(peer) ? 'had all' : formatDuration(peer.completionMs),
    `${peer.heldChunksAtStart} → ${peer.heldChunksAtEnd}`,
    formatBytes(peer.uploadedBytes),
    formatBytes(peer.downloadedBytes),
    formatRatio(peer.shareRatio),
    formatPercent(peer.uploadUtilisation),
    peer.integrity,
  ];
}

function hadEverything({ completionMs, usefulBytes }: PeerFigures): boolean {
  return completionMs === 0 && usefulBytes === 0;
}

export function isTrouble(peer: PeerFigures): boolean {
  return peer.integrity === 'corrupt' || (peer.mustComplete && peer.completedMs === null);
}

/** All in order of the plan, or, when they are more than `count`, troubled ones first, then the slowest. */
export function worstPeers(peers: readonly PeerFigures[], count: number): readonly PeerFigures[] {
  if (peers.length <= count) return peers;
  return peers
    .toSorted(
      (a, b) =>
        Number(isTrouble(b)) - Number(isTrouble(a)) ||
        (b.completionMs ?? Number.MAX_VALUE) - (a.completionMs ?? Number.MAX_VALUE),
    )
    .slice(0, count);
}

export const groupColumns: readonly Column[] = [
  { head: 'group' },
  { head: 'complete', align: 'right' },
  { head: 'fastest', align: 'right' },
  { head: 'median', align: 'right' },
  { head: '95 %', align: 'right' },
  { head: 'slowest', align: 'right' },
  { head: 'sent', align: 'right' },
  { head: 'received', align: 'right' },
];

export function groupRow({ name, peers, completed, completionMs, ...bytes }: GroupFigures): string[] {
  return [
    name,
    `${completed} of ${peers}`,
    formatDuration(completionMs?.min ?? null),
    formatDuration(completionMs?.median ?? null),
    formatDuration(completionMs?.p95 ?? null),
    formatDuration(completionMs?.max ?? null),
    formatBytes(bytes.uploadedBytes),
    formatBytes(bytes.downloadedBytes),
  ];
}

export const injectedColumns: readonly Column[] = [
  { head: 'injected' },
  { head: 'target' },
  { head: 'planned', align: 'right' },
  { head: 'happened', align: 'right' },
  { head: 'what it hit' },
];

export function injectedRow({ kind, target, plannedMs, happenedMs, effect, hit }: InjectedFigures): string[] {
  const words = {
    join: 'late join',
    'graceful-leave': 'leave',
    crash: 'crash',
    return: 'return',
    link: 'link',
  };
  return [
    words[kind],
    target,
    formatDuration(plannedMs),
    formatDuration(happenedMs),
    hit ? effect : `NOTHING: ${effect}`,
  ];
}

/** Those that hit nothing are never among the ones left out. */
export function tellingInjections(injected: readonly InjectedFigures[], count: number): InjectedFigures[] {
  if (injected.length <= count) return [...injected];
  const missed = injected.filter(({ hit }) => !hit).slice(0, count);
  const links = injected.filter(({ hit, kind }) => hit && kind === 'link');
  const others = injected.filter(({ hit, kind }) => hit && kind !== 'link');
  const chosen = new Set([...missed, ...links, ...others].slice(0, count));
  return injected.filter((one) => chosen.has(one));
}

/** One sentence under a table that does not show everything; empty when it does. */
export function leftOut(all: number, shown: number, where: string): string {
  return all > shown ? `… ${all - shown} more ${where}` : '';
}

export function boundLimit(result: RunResult): string {
  const { limitedBy } = result.swarm.bound;
  if (limitedBy === null) return '';
  return {
    'seeder-uplink': 'set by the uplink of those who hold the only copies',
    downlink: 'set by the slowest downlink',
    'total-uplink': 'set by all uplinks together',
    'late-join': 'set by the last arrival',
  }[limitedBy];
}

export function headline({ verdict }: RunResult): string {
  const { completedPeers, peersToComplete, intactPeers } = verdict;
  const peers = peersToComplete === 1 ? 'peer' : 'peers';
  return `${completedPeers} of ${peersToComplete} ${peers} complete, ${intactPeers} intact`;
}
