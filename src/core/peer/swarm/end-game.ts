import type { Ledger } from '../ledger.ts';
import type { Neighbour } from './neighbour.ts';
import { SILENT_MS } from './neighbour.ts';

/** Copies of one chunk on their way at a time, apart from those of sources that have fallen silent. */
const COPIES_MAX = 2;
/** A second copy is worth its trouble only when it should come so much sooner than the first… */
const GAIN_MIN = 2;
const GAIN_MIN_MS = 250;
/** …and by far sooner when bytes of the first would be wasted. */
const GAIN_MIN_BEGUN = 3;
const GAIN_MIN_BEGUN_MS = 1500;

/**
 * End-game: every missing chunk is on its way, and this neighbour has nothing to do. Returns the chunk that it
 * should bring much sooner than the neighbour that was asked first; undefined when a copy would be waste.
 * `bytesHere`: what of a chunk it need not send.
 */
export function chooseDuplicate(
  neighbour: Neighbour,
  all: Iterable<Neighbour>,
  here: { readonly ledger: Ledger; bytesHere(index: number): number },
  nowMs: number,
): number | undefined {
  if (neighbour.requests.size > 0) return undefined;
  const { ledger } = here;
  const sources = [...all];
  const ownRate = neighbour.pace;
  let best: { readonly index: number; readonly remainingMs: number } | undefined;
  for (const source of sources) {
    if (source === neighbour) continue;
    for (const { index, bytes, begun, remainingMs } of expectedArrivals(source, nowMs)) {
      if (!neighbour.theirs.has(index) || !ledger.needs(index)) continue;
      const silent = sources.filter((other) => other.silent && asks(other, index)).length;
      if (ledger.downloadsOf(index).length - silent >= COPIES_MAX) continue;
      const hereMs =
        (neighbour.roundTripMs ?? 0) +
        (ownRate > 0 ? ((bytes - here.bytesHere(index)) / ownRate) * 1000 : neighbour.patience.limitMs);
      const limitMs = begun ? hereMs * GAIN_MIN_BEGUN + GAIN_MIN_BEGUN_MS : hereMs * GAIN_MIN + GAIN_MIN_MS;
      if (remainingMs < limitMs) continue;
      if (best === undefined || remainingMs > best.remainingMs) best = { index, remainingMs };
    }
  }
  return best?.index;
}

function asks({ requests }: Neighbour, index: number): boolean {
  const request = requests.get(index);
  return request !== undefined && !request.download.over;
}

interface Arrival {
  readonly index: number;
  readonly bytes: number;
  /** It is being sent, as far as we can know. */
  readonly begun: boolean;
  readonly remainingMs: number;
}

/** When a neighbour's open requests should be answered, at its present rate and in their order. */
function* expectedArrivals(source: Neighbour, nowMs: number): Generator<Arrival> {
  const rate = source.pace;
  let aheadBytes = 0;
  for (const { index, bytes, nextOffset, download } of source.requests.values()) {
    if (download.over) continue;
    aheadBytes += bytes - nextOffset;
    const quietMs = nowMs - source.lastProgressMs;
    if (!source.silent && rate === 0) continue;
    // What a cancel would still meet on its way is as good as begun.
    const underwayBytes = (rate * (source.roundTripMs ?? 0)) / 1000;
    const begun = aheadBytes - bytes <= underwayBytes;
    // Who has been silent for long will hardly be back sooner than in as long again.
    const silentMs = source.silent && quietMs >= SILENT_MS ? quietMs : 0;
    const remainingMs = rate > 0 ? Math.max((aheadBytes / rate) * 1000, silentMs) : Infinity;
    yield { index, bytes, begun, remainingMs };
  }
}
