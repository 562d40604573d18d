/** Rows of the tables that terminal and Markdown share. */
import { hadEverything } from '../result/completion-times.ts';
import type {
  ExpectationFigures,
  GroupFigures,
  InjectedFigures,
  PeerFigures,
  RunResult,
  TrustLevel,
} from '../result/result.ts';
import { formatBytes, formatDuration, formatMetric, formatPercent, formatRatio } from '../units/format.ts';
import type { Column } from './table.ts';

export const peerColumns: readonly Column[] = [
  { head: 'peer' },
  { head: 'protocol', rank: 4 },
  { head: 'joined', align: 'right', rank: 3 },
  { head: 'took', align: 'right' },
  { head: 'chunks', align: 'right' },
  { head: 'sent', align: 'right' },
  { head: 'received', align: 'right' },
  { head: 'ratio', align: 'right', rank: 6 },
  { head: 'uplink', align: 'right', rank: 5 },
  { head: 'content', rank: 2 },
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
  { head: 'fastest', align: 'right', rank: 2 },
  { head: 'median', align: 'right' },
  { head: '95 %', align: 'right', rank: 3 },
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
  { head: 'target', wraps: true },
  { head: 'planned', align: 'right', rank: 1 },
  { head: 'happened', align: 'right' },
  { head: 'what it hit', wraps: true },
];

const injectedWords = {
  join: 'late join',
  'graceful-leave': 'leave',
  crash: 'crash',
  return: 'return',
  fault: 'fault',
  link: 'link',
} as const;

/** The cells of one row, and whether any of what it tells of hit something. */
export interface InjectedRow {
  readonly cells: readonly string[];
  readonly hit: boolean;
}

/**
 * A row for each join, departure and return or, where those are more than `count`, for all of a kind and a group.
 * Then a row for each fault, and one for the links of each group.
 */
export function injectedRows({ injected, peers }: RunResult, count: number): InjectedRow[] {
  const churn = injected.filter(({ kind }) => kind !== 'link' && kind !== 'fault');
  const faults = injected.filter(({ kind }) => kind === 'fault');
  const links = injected.filter(({ kind }) => kind === 'link');
  const groupOf = new Map(peers.map(({ name, group }) => [name, group]));
  const kindAndGroup = ({ kind, target }: InjectedFigures) => `${kind}\0${groupOf.get(target) ?? target}`;
  return [
    ...(churn.length <= count
      ? churn.map((one) => injectedRow(one, one.target, one.effect, one.hit))
      : classesOf(churn, kindAndGroup).map((members) => churnRow(members, groupOf))),
    ...(faults.length <= count
      ? faults.map((one) => injectedRow(one, one.target, one.effect, one.hit))
      : classesOf(faults, faultName).map((members) => churnRow(members, groupOf))),
    ...classesOf(links, ({ target }) => target).map(linkRow),
  ];
}

/** Without its occurrence. */
function faultName({ name = '' }: InjectedFigures): string {
  return name.replace(/ \(\d+\)$/, '');
}

function classesOf(
  injected: readonly InjectedFigures[],
  key: (one: InjectedFigures) => string,
): (readonly [InjectedFigures, ...InjectedFigures[]])[] {
  const classes = new Map<string, [InjectedFigures, ...InjectedFigures[]]>();
  for (const one of injected) {
    const members = classes.get(key(one));
    if (members === undefined) classes.set(key(one), [one]);
    else members.push(one);
  }
  return [...classes.values()];
}

function churnRow(
  members: readonly [InjectedFigures, ...InjectedFigures[]],
  groupOf: ReadonlyMap<string, string>,
): InjectedRow {
  const [first] = members;
  if (members.length === 1) return injectedRow(first, first.target, first.effect, first.hit);
  const hits = members.filter(({ hit }) => hit).length;
  const happened = members.filter(({ happenedMs }) => happenedMs !== null).length;
  const target = `${groupOf.get(first.target) ?? first.target} × ${members.length}`;
  const effect = `${members.length} planned, ${happened} happened, ${hits} hit something`;
  return injectedRow(members.find(({ hit }) => hit) ?? first, target, effect, hits > 0);
}

/** What hit nothing stands out also beside what did. */
function linkRow(members: readonly [InjectedFigures, ...InjectedFigures[]]): InjectedRow {
  const [first] = members;
  const effects = members.map(({ effect, hit }) => (hit ? effect : effect.replace('nothing', 'NOTHING')));
  const anyHit = members.some(({ hit }) => hit);
  const row = injectedRow(first, first.target, effects.join('; '), true);
  return { cells: row.cells, hit: anyHit };
}

function injectedRow(one: InjectedFigures, target: string, effect: string, hit: boolean): InjectedRow {
  const cells = [
    one.name ?? injectedWords[one.kind],
    target,
    formatDuration(one.plannedMs),
    formatDuration(one.happenedMs),
    hit ? effect : `NOTHING: ${effect}`,
  ];
  return { cells, hit };
}

/** One sentence under the table of injections when some hit nothing; else empty. */
export function hitNothing({ injected }: RunResult): string {
  const missed = injected.filter(({ hit }) => !hit).length;
  if (missed === 0) return '';
  return `${missed} of ${injected.length} injections hit nothing, so ${missed === 1 ? 'it proves' : 'they prove'} nothing.`;
}

/** One sentence under a table that does not show everything; empty when it does. */
export function leftOut(all: number, shown: number, where: string): string {
  return all > shown ? `… ${all - shown} more ${where}` : '';
}

/** What decides a lower bound, after `it is`. */
export const limitWords = {
  'seeder-uplink': 'set by the uplink of those who hold the only copies',
  downlink: 'set by the slowest downlink',
  'total-uplink': 'set by all uplinks together',
  'late-join': 'set by the last arrival',
  'between-regions': 'set by the capacity between regions',
} as const;

export function boundLimit(result: RunResult): string {
  const { limitedBy } = result.swarm.bound;
  return limitedBy === null ? '' : limitWords[limitedBy];
}

/** `INCONCLUSIVE (untrusted)`, `PASS (doubtful)`; of a trusted run the outcome alone. */
export function verdictWord(outcome: string, trust: TrustLevel): string {
  return trust === 'trusted' ? outcome : `${outcome} (${trust})`;
}

export function headline(result: RunResult): string {
  const { completedPeers, peersToComplete, intactPeers } = result.verdict;
  const peers = peersToComplete === 1 ? 'peer' : 'peers';
  const content = isUnchecked(result) ? 'content not checked' : `${intactPeers} intact`;
  return [
    `${completedPeers} of ${peersToComplete} ${peers} complete, ${content}`,
    ...thresholdsInWords(result),
    ...(result.abortedBy === null ? [] : ['given up']),
  ].join('; ');
}

/** Whether some completed, and what they hold was never looked at: that is not corrupt. */
export function isUnchecked({ verdict, peers }: RunResult): boolean {
  return (
    verdict.completedPeers > 0 &&
    peers.every(({ completedMs, integrity }) => completedMs === null || integrity === 'unchecked')
  );
}

/** `2 of 3 thresholds hold`, `1 threshold not judged`; empty: there are none. */
export function thresholdsInWords({ expectations }: RunResult): string[] {
  if (expectations.length === 0) return [];
  const judged = expectations.filter(({ outcome }) => outcome !== 'inconclusive');
  const held = judged.filter(({ outcome }) => outcome === 'pass').length;
  const thresholds = expectations.length === 1 ? 'threshold' : 'thresholds';
  if (judged.length === 0) return [`${expectations.length} ${thresholds} not judged`];
  const hold = expectations.length === 1 ? 'holds' : 'hold';
  return [`${held} of ${expectations.length} ${thresholds} ${hold}`];
}

export const expectationColumns: readonly Column[] = [
  { head: 'expected', wraps: true },
  { head: 'measured', align: 'right' },
  { head: 'outcome', wraps: true },
];

export function expectationRow({ text, measured, unit, outcome, note }: ExpectationFigures): string[] {
  return [text, formatMetric(measured, unit), note === '' ? outcome : `${outcome}: ${note}`];
}
