/** What the peer that was last waited for, step by step. */
import { SECOND_MS } from '../../../core/units.ts';
import { hadToComplete } from '../../result/completion-times.ts';
import type { PeerFigures } from '../../result/result.ts';
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
  if (peer === undefined) return { missing: 'No peer had anything to get.' };
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
    summary: sentence(story, peer, figures, totals),
  };
}

/** The one that completed last or, where some did not, the one of them that has the least. */
function slowestOf({ result: { peers } }: SwarmStory): number | undefined {
  const wanting = peers.map((peer, at) => ({ peer, at })).filter(({ peer }) => hadToComplete(peer));
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
  { result, receipts, names }: SwarmStory,
  peer: number,
  { name, joinedMs, completedMs, heldChunksAtEnd }: PeerFigures,
  totals: SlowestChart['states'],
): string {
  const joined =
    joinedMs === null
      ? 'never joined'
      : joinedMs < 1
        ? 'joined at the start'
        : `joined after ${formatDuration(joinedMs)}`;
  const end =
    completedMs === null
      ? `${name} did not complete: it ${joined} and held ${heldChunksAtEnd} of ${result.swarm.totalChunks} chunks at the end.`
      : `${name} was the last to complete, after ${formatDuration(completedMs)}; it ${joined}.`;
  const spent = totals.filter(({ ms }) => ms >= 0.5).map(({ state, ms }) => `${formatDuration(ms)} ${state}`);
  const time = spent.length === 0 ? '' : ` It spent ${spent.join('; ')}.`;
  let last = -1;
  for (let row = 0; row < receipts.to.length; row++) {
    if (receipts.to[row] === peer && receipts.kind[row]! <= receiptKinds.again) last = row;
  }
  if (last === -1) return `${end}${time} No chunk ever reached it.`;
  const from = names[receipts.from[last]!]!;
  return `${end}${time} Its last chunk, number ${receipts.chunk[last]!}, came from ${from} and took ${formatDuration(receipts.tookMs[last]!)}.`;
}
