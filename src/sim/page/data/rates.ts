/** What each peer sent and received in each step, as far as receipts tell: the bytes of a chunk evenly from its request on. */
import type { Stay } from '../../measure/presence.ts';
import type { TimeBins } from '../shared/charts.ts';
import type { SwarmStory } from './swarm-story.ts';
import { binAt, binsOf, spread } from './time-bins.ts';

export interface PeerBytes {
  readonly bins: TimeBins;
  /** Bytes by peer and step, at [peer * bins.count + step]; peers of the plan only. */
  readonly down: Float32Array;
  readonly up: Float32Array;
  /** 1 where a transfer that brought a chunk was under way. */
  readonly sending: Uint8Array;
  readonly receiving: Uint8Array;
}

const STEPS = 120;

/** Of the whole run. It goes once through all receipts, so charts share it. */
export function peerBytes({ receipts, plan, endMs, stays }: SwarmStory): PeerBytes {
  const bins = binsOf(endMs, STEPS);
  const peers = plan.peers.length;
  const { count } = bins;
  const down = new Float32Array(peers * count);
  const up = new Float32Array(peers * count);
  const sending = new Uint8Array(peers * count);
  const receiving = new Uint8Array(peers * count);
  const { atMs, tookMs, from, to, bytes } = receipts;
  for (let row = 0; row < atMs.length; row++) {
    const toMs = sentUntil(stays[from[row]!]!, atMs[row]!);
    const fromMs = Math.min(toMs, atMs[row]! - tookMs[row]!);
    const first = binAt(bins, fromMs);
    const last = binAt(bins, toMs);
    spread(bins, down, fromMs, toMs, bytes[row]!, to[row]! * count);
    receiving.fill(1, to[row]! * count + first, to[row]! * count + last + 1);
    if (from[row]! >= peers) continue;
    spread(bins, up, fromMs, toMs, bytes[row]!, from[row]! * count);
    sending.fill(1, from[row]! * count + first, from[row]! * count + last + 1);
  }
  return { bins, down, up, sending, receiving };
}

/** The last instant up to one at which a sender was there: what it had sent may count only after it has gone. */
function sentUntil(stays: readonly Stay[], atMs: number): number {
  let untilMs = atMs;
  for (const { joinMs, endMs } of stays) {
    if (joinMs > atMs) break;
    untilMs = Math.min(atMs, endMs);
  }
  return untilMs;
}
