/** How much processor time a run takes, from its traffic: fitted to measured runs, see docs/benchmarks.md. */
import { chunkBytesOf, heldAtStart } from '../../content/planned-content.ts';
import { blockBytes } from '../../network/link-sizes.ts';
import type { Plan, PlannedPeer } from '../../plan/plan.ts';
import { sliceMsOf } from '../real-time/slice.ts';

const MS_PER_THREAD = 130;
const MS_PER_SLICE = 0.5;
/** Where peers share a thread, one wake-up serves several. */
const MS_PER_SLICE_SHARED = 0.15;
const MS_PER_MB = 6;

/** From the start of the distribution, for `threads` threads. Every peer is expected to get all that it lacks. */
export function processorMsOf(
  plan: Plan & { readonly engine: { readonly peersPerWorker: number } },
  threads: number,
): number {
  const sizes = chunkBytesOf(plan.content);
  const heldBy = heldAtStart(plan.content);
  const whole = sizes.reduce((sum, bytes) => sum + bytes, 0);
  const sliceMs = sliceMsOf(plan);
  const perSlice = plan.engine.peersPerWorker > 1 ? MS_PER_SLICE_SHARED : MS_PER_SLICE;
  return plan.peers.reduce((sum, peer) => {
    const held = heldBy(peer.holds).reduce((bytes, index) => bytes + sizes[index - 1]!, 0);
    const lacks = whole - held;
    return sum + (lacks / 1e6) * MS_PER_MB + (lacks / sliceBytesOf(peer, plan, sliceMs)) * perSlice;
  }, threads * MS_PER_THREAD);
}

/** Of what the peer gets: of its downlink, or of the typical uplink where that is slower. */
function sliceBytesOf({ link }: PlannedPeer, { peers }: Plan, sliceMs: number): number {
  const ups = peers.map(({ link: { upBytesPerSec } }) => upBytesPerSec ?? Infinity).toSorted((a, b) => a - b);
  const rate = Math.min(link.downBytesPerSec ?? Infinity, ups[Math.floor(ups.length / 2)] ?? Infinity);
  return rate === Infinity ? Infinity : blockBytes(rate, sliceMs);
}
