/** What the peer that was last waited for, step by step. */
import { SECOND_MS } from '../../../core/units.ts';
import { hadToComplete } from '../../result/completion-times.ts';
import type { PeerFigures, RunResult } from '../../result/result.ts';
import { formatDuration } from '../../units/format.ts';
import type { Chart, SlowestChart, TimeBins } from '../shared/charts.ts';
import { slowestColours } from '../shared/colours.ts';
import { barriersOf, type BarriersNow } from './barriers.ts';
import type { PeerBytes } from './rates.ts';
import { lacksEvents } from './sentences.ts';
import { receiptKinds, type SwarmStory } from './swarm-story.ts';
import { walk, type SwarmState } from './walk.ts';

/** From this share of a link's rate on it is in full use: control messages take the rest. */
const FULL_SHARE = 0.9;

const [full, receiving, noSource, busy, unserved, cut, away] = slowestColours.map(([name]) => name) as [
  string,
  string,
  string,
  string,
  string,
  string,
  string,
];

export function slowestChart(story: SwarmStory, rates: PeerBytes): Chart<SlowestChart> {
  const peer = slowestOf(story);
  if (peer === undefined) {
    return {
      missing: story.result.peers.some(hadToComplete)
        ? 'No peer that lacked anything had joined.'
        : 'No peer had anything to get.',
    };
  }
  const lacking = lacksEvents(story);
  if (lacking !== null) return lacking;
  if (story.initial.includes(undefined)) {
    return {
      missing:
        'It is not known which chunks each peer held at the start, so what it waited for cannot be told.',
    };
  }
  const figures = story.result.peers[peer]!;
  const toMs = figures.completedMs ?? story.endMs;
  const fromMs = Math.min(figures.joinedMs ?? toMs, toMs);
  const pieces = piecesOf(statesOf(story, peer, rates), rates.bins, fromMs, toMs);
  const sums = new Map<string, number>();
  for (const piece of pieces) sums.set(piece.state, (sums.get(piece.state) ?? 0) + piece.toMs - piece.fromMs);
  const totals = [...sums].map(([state, ms]) => ({ state, ms })).sort((a, b) => b.ms - a.ms);
  return {
    name: figures.name,
    fromMs,
    toMs,
    pieces,
    states: totals,
    summary: sentence(story, peer, figures, { pieces, totals }),
  };
}

/**
 * The one that completed last or, where some did not, the one of them that has the least. Of a run that was stopped it
 * is one that had joined: the others did not wait for anything yet.
 */
function slowestOf({ result: { peers, ending }, goesOn }: SwarmStory): number | undefined {
  const wasStopped = goesOn || ending === 'interrupted' || ending === 'aborted';
  const wanting = peers
    .map((peer, at) => ({ peer, at }))
    .filter(({ peer }) => hadToComplete(peer) && (!wasStopped || peer.joinedMs !== null));
  const without = wanting.filter(({ peer }) => peer.completedMs === null);
  const [worst] =
    without.length > 0
      ? without.sort((a, b) => a.peer.heldChunksAtEnd - b.peer.heldChunksAtEnd)
      : wanting.sort((a, b) => b.peer.completedMs! - a.peer.completedMs!);
  return worst?.at;
}

function statesOf(story: SwarmStory, peer: number, rates: PeerBytes): string[] {
  const states: string[] = [];
  const barriers = barriersOf(story);
  const { stepMs } = rates.bins;
  walk(story, stepMs, rates.bins.count, {
    step: (step, swarm) =>
      states.push(
        stateOf(story, peer, step, { ...rates, swarm, barriers: barriers.at((step + 0.5) * stepMs) }),
      ),
  });
  return states;
}

interface Moment extends PeerBytes {
  readonly swarm: SwarmState;
  readonly barriers: BarriersNow | undefined;
}

function stateOf(
  { plan }: SwarmStory,
  peer: number,
  step: number,
  { swarm, barriers, ...bytes }: Moment,
): string {
  const { stepMs, count } = bytes.bins;
  if (swarm.present[peer] === 0) return away;
  const at = peer * count + step;
  if (bytes.receiving[at] === 1) {
    const rate = plan.peers[peer]!.link.downBytesPerSec;
    const isFull = rate !== null && bytes.down[at]! >= (FULL_SHARE * rate * stepMs) / SECOND_MS;
    return isFull ? full : receiving;
  }
  let [hasSource, isCut] = [false, false];
  for (let other = 0; other < plan.peers.length; other++) {
    if (other === peer || swarm.present[other] === 0 || !hasMore(swarm, other, peer)) continue;
    if (barriers?.blocks(other, peer) === true) {
      isCut = true;
      continue;
    }
    hasSource = true;
    const rate = plan.peers[other]!.link.upBytesPerSec;
    const otherAt = other * count + step;
    const isBusy =
      rate === null
        ? bytes.sending[otherAt] === 1
        : bytes.up[otherAt]! >= (FULL_SHARE * rate * stepMs) / SECOND_MS;
    if (!isBusy) return unserved;
  }
  if (hasSource) return busy;
  return isCut ? cut : noSource;
}

/** Whether one holds a chunk that the other lacks. */
function hasMore({ held, words }: SwarmState, one: number, other: number): boolean {
  for (let word = 0; word < words; word++) {
    if ((held[one * words + word]! & ~held[other * words + word]!) !== 0) return true;
  }
  return false;
}

function piecesOf(
  states: readonly string[],
  { stepMs }: TimeBins,
  fromMs: number,
  toMs: number,
): SlowestChart['pieces'] {
  const pieces: { fromMs: number; toMs: number; state: string }[] = [];
  states.forEach((state, step) => {
    const [start, end] = [Math.max(fromMs, step * stepMs), Math.min(toMs, (step + 1) * stepMs)];
    if (end <= start) return;
    const last = pieces.at(-1);
    if (last?.state === state) last.toMs = end;
    else pieces.push({ fromMs: start, toMs: end, state });
  });
  return pieces;
}

function sentence(
  story: SwarmStory,
  peer: number,
  figures: PeerFigures,
  { pieces, totals }: { readonly pieces: SlowestChart['pieces']; readonly totals: SlowestChart['states'] },
): string {
  const { result, receipts, names, goesOn } = story;
  const spent = totals.filter(({ ms }) => ms >= 0.5).map(({ state, ms }) => `${formatDuration(ms)} ${state}`);
  const parts = [
    fateOf(figures, result, goesOn),
    ...(spent.length === 0 ? [] : [`It ${goesOn ? 'has spent' : 'spent'} ${spent.join('; ')}.`]),
    ...underWayAtEnd(figures, story, pieces),
  ];
  let last = -1;
  for (let row = 0; row < receipts.to.length; row++) {
    if (receipts.to[row] === peer && receipts.kind[row]! <= receiptKinds.again) last = row;
  }
  if (last === -1) parts.push(goesOn ? 'No chunk has reached it.' : 'No chunk ever reached it.');
  else {
    const which = figures.completedMs === null ? 'The last chunk that reached it' : 'Its last chunk';
    const from = names[receipts.from[last]!]!;
    const took = formatDuration(receipts.tookMs[last]!);
    parts.push(`${which}, number ${receipts.chunk[last]!}, came from ${from} and took ${took}.`);
  }
  if (result.trust.level !== 'trusted') parts.push('The host may have held it up, too (see Trust).');
  return parts.join(' ');
}

/** Receipts tell of a chunk once it has arrived. */
function underWayAtEnd(
  { completedMs }: PeerFigures,
  { result: { ending }, goesOn }: SwarmStory,
  pieces: SlowestChart['pieces'],
): string[] {
  const last = pieces.at(-1)?.state;
  if (completedMs !== null || ending === 'stalled' || (last !== busy && last !== unserved)) return [];
  return [`What ${goesOn ? 'is under way to it now' : 'was under way to it in the end'} counts as waiting.`];
}

function fateOf(
  { name, joinedMs, completedMs, heldChunksAtEnd }: PeerFigures,
  { ending, swarm }: RunResult,
  goesOn: boolean,
): string {
  const joined =
    joinedMs === null
      ? 'never joined'
      : joinedMs < 1
        ? 'joined at the start'
        : `joined after ${formatDuration(joinedMs)}`;
  if (completedMs !== null) {
    const last = goesOn ? 'is the last so far that has completed' : 'was the last to complete';
    return `${name} ${last}, after ${formatDuration(completedMs)}; it ${joined}.`;
  }
  const of = `${heldChunksAtEnd} of ${swarm.totalChunks} chunks`;
  if (goesOn) return `${name} has the least so far: it ${joined} and holds ${of}.`;
  if (ending === 'interrupted' || ending === 'aborted') {
    const stopped = ending === 'aborted' ? 'given up' : 'interrupted';
    return `${name} had the least when the run was ${stopped}: it ${joined} and held ${of}.`;
  }
  const held = joinedMs === null ? '' : ` and held ${of} at the end`;
  return `${name} did not complete: it ${joined}${held}.`;
}
