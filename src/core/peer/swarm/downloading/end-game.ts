import type { Ledger } from '../../ledger.ts';
import type { Neighbour, OpenRequest } from '../neighbours/neighbour.ts';
import { SILENT_MS } from '../neighbours/neighbour.ts';
import type { Pace } from '../neighbours/pace.ts';

/** Copies of one chunk on their way at a time, apart from those of sources that are late. */
const COPIES_MAX = 2;
/** A second copy is worth its trouble only when it should come so much sooner than the first… */
const GAIN_MIN = 2;
const GAIN_MIN_MS = 250;
/** …and by far sooner when bytes of the first would be wasted. */
const GAIN_MIN_BEGUN = 5;
const GAIN_MIN_BEGUN_MS = 1500;

/**
 * End-game: every missing chunk is on its way, and this neighbour has nothing to do. Returns the chunk that it
 * should bring much sooner than the neighbour that was asked first; undefined when a copy would be waste.
 * `bytesHere`: what of a chunk it need not send; `usualPace`: of all neighbours.
 */
export function chooseDuplicate(
  neighbour: Neighbour,
  all: readonly Neighbour[],
  here: { readonly ledger: Ledger; bytesHere(index: number): number; readonly usualPace: Pace },
  nowMs: number,
): number | undefined {
  if (neighbour.requests.size > 0) return undefined;
  const { ledger } = here;
  const { pace, theirs } = neighbour;
  // One that has not brought anything yet, or has been faster than others, is believed to be like them.
  const usual = here.usualPace.bytesPerSec;
  const hereRate = (pace.bytesPerSec > 0 ? Math.min(pace.bytesPerSec, usual) : usual) / 1000;
  const soonestMs = neighbour.roundTripMs ?? 0;
  const hereMsOf = (bytes: number): number =>
    soonestMs + (hereRate > 0 ? bytes / hereRate : neighbour.turnPatience.limitMs);
  const late = lateSources(all, hereMsOf, nowMs);
  let best: { readonly index: number; readonly remainingMs: number } | undefined;
  const consider: OnArrival = ({ index, bytes }, remainingMs, begun) => {
    // What comes sooner is no candidate, however soon this neighbour would bring it.
    if (remainingMs < GAIN_MIN_MS || (best !== undefined && remainingMs <= best.remainingMs)) return;
    if (!theirs.has(index) || !ledger.needs(index)) return;
    if (ledger.copiesOnTheirWay(index) - copiesFrom(late, index) >= COPIES_MAX) return;
    const hereMs = hereMsOf(bytes - here.bytesHere(index));
    const limitMs = begun ? hereMs * GAIN_MIN_BEGUN + GAIN_MIN_BEGUN_MS : hereMs * GAIN_MIN + GAIN_MIN_MS;
    if (remainingMs < limitMs) return;
    best = { index, remainingMs };
  };
  for (const source of all) {
    if (source === neighbour || source.requests.size === 0) continue;
    expectArrivals(source, late.includes(source), nowMs, consider);
  }
  return best?.index;
}

/**
 * Those who have fallen silent, or let us wait for much longer than this neighbour would: patience grows where nobody
 * answers, also with those who were not asked before.
 */
function lateSources(
  all: readonly Neighbour[],
  hereMsOf: (bytes: number) => number,
  nowMs: number,
): readonly Neighbour[] {
  const late: Neighbour[] = [];
  for (const source of all) {
    const first = firstRequestOf(source);
    if (first === undefined) continue;
    const limitMs = hereMsOf(first.bytes) * GAIN_MIN + SILENT_MS;
    if (source.silent || nowMs - source.lastProgressMs > limitMs) late.push(source);
  }
  return late;
}

/** The oldest that is open. */
function firstRequestOf({ requests }: Neighbour): OpenRequest | undefined {
  return requests.values().next().value;
}

function copiesFrom(sources: readonly Neighbour[], index: number): number {
  let count = 0;
  for (const { requests } of sources) if (requests.get(index)?.download.over === false) count++;
  return count;
}

type OnArrival = (request: OpenRequest, remainingMs: number, begun: boolean) => void;

/**
 * When a neighbour's open requests should be answered, at its present rate and in their order. `begun`: it is being
 * sent, as far as we can know.
 */
function expectArrivals(source: Neighbour, isLate: boolean, nowMs: number, onArrival: OnArrival): void {
  const rate = isPaceKnown(source, nowMs) ? source.pace.bytesPerSec : 0;
  if (!isLate && rate === 0) return;
  // What a cancel would still meet on its way is as good as begun.
  const underwayBytes = (rate * (source.roundTripMs ?? 0)) / 1000;
  const quietMs = nowMs - source.lastProgressMs;
  // One that has let us wait for a long time will hardly answer before the same time again.
  const silentMs = isLate && quietMs >= SILENT_MS ? quietMs : 0;
  let aheadBytes = 0;
  for (const request of source.requests.values()) {
    if (request.download.over) continue;
    aheadBytes += request.bytes - request.nextOffset;
    const rateNow = Math.max(rate, rateOf(request, nowMs));
    const remainingMs = rateNow > 0 ? Math.max((aheadBytes / rateNow) * 1000, silentMs) : Infinity;
    onArrival(request, remainingMs, aheadBytes - request.bytes <= underwayBytes);
  }
}

/** Bytes per second since its first part came: a neighbour that serves in turns is faster now than on average. */
function rateOf({ begunMs, nextOffset, offset }: OpenRequest, nowMs: number): number {
  return begunMs === undefined ? 0 : ((nextOffset - offset) * 1000) / Math.max(1, nowMs - begunMs);
}

/** The first bytes come when the connection and its buffers are empty: they are no pace yet. */
function isPaceKnown(source: Neighbour, nowMs: number): boolean {
  const first = firstRequestOf(source);
  const servedMs = source.pace.ms + nowMs - source.lastProgressMs;
  const leastMs = source.isAmidChunk ? SILENT_MS : source.turnPatience.limitMs;
  return source.pace.bytes >= (first?.bytes ?? 0) || servedMs >= leastMs;
}
