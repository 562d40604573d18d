/** What uplinks were used for, and why they were idle. */
import { SECOND_MS } from '../../../core/units.ts';
import { carriedBytes, type RateFactor } from '../../analyse/link-rates.ts';
import { formatPercent } from '../../units/format.ts';
import type { Chart, TimeBins, UplinkChart } from '../shared/charts.ts';
import { uplinkColours } from '../shared/colours.ts';
import { barriersOf, type BarriersNow } from './barriers.ts';
import type { PeerBytes } from './rates.ts';
import { lacksEvents } from './sentences.ts';
import type { SwarmStory } from './swarm-story.ts';
import { rounded } from './time-bins.ts';
import { walk, type SwarmState } from './walk.ts';

const uses = uplinkColours.map(([name]) => name);

/** Positions in them. */
const SENDING = 0;
const HELD_UP = 1;
const NOT_ASKED = 2;
const NOT_WANTED = 3;
const KEPT = 4;
const NOTHING = 5;

export function uplinksChart(story: SwarmStory, rates: PeerBytes): Chart<UplinkChart> {
  const lacking = lacksEvents(story);
  if (lacking !== null) return lacking;
  const { plan, groups, groupOf } = story;
  if (plan.peers.every(({ link }) => link.upBytesPerSec === null)) {
    return { missing: 'No uplink is limited, so none can be idle.' };
  }
  if (story.initial.includes(undefined)) {
    return { missing: 'It is not known which chunks each peer held at the start, so causes cannot be told.' };
  }
  const { makespanMs } = story.result.swarm;
  const { bins: all, up, sending } = rates;
  const untilMs = makespanMs ?? story.endMs;
  const bins = { ...all, count: Math.min(all.count, Math.ceil(untilMs / all.stepMs)) };
  const steps = all.count;
  const total = uses.map(() => new Float64Array(steps));
  const ofGroup = groups.map(() => uses.map(() => 0));
  const capacities = plan.peers.map((_, peer) => capacityOf(story, peer, all, untilMs));
  const sent = plan.peers.map((_, peer) =>
    sentWithin(
      up.subarray(peer * steps, (peer + 1) * steps),
      capacities[peer]!,
      story.result.peers[peer]!.uploadUtilisation,
    ),
  );
  const barriers = barriersOf(story);
  walk(story, all.stepMs, steps, {
    step(step, swarm) {
      const wanted = wantedChunks(swarm);
      const now = barriers.at((step + 0.5) * all.stepMs);
      const reached = now && new ReachedChunks(swarm, now);
      capacities.forEach((capacity, peer) => {
        const bytes = capacity[step]!;
        if (bytes <= 0) return;
        const at = peer * steps + step;
        const used = sent[peer]![step]!;
        const isSending = sending[at] === 1;
        const cause = causeOf(swarm, peer, {
          wanted,
          reached: reached?.wantedOf(peer),
          isSending,
          isSilent: now?.blocks(peer, peer) === true,
        });
        const sums = ofGroup[groupOf[peer]!]!;
        total[SENDING]![step]! += used;
        sums[SENDING]! += used;
        total[cause]![step]! += bytes - used;
        sums[cause]! += bytes - used;
      });
    },
  });
  const when =
    makespanMs !== null ? 'Until the makespan' : story.goesOn ? 'So far' : 'Until the end of the run';
  return chartOf(bins, total, groups, ofGroup, when);
}

function chartOf(
  bins: UplinkChart['bins'],
  total: readonly Float64Array[],
  groups: readonly string[],
  ofGroup: readonly (readonly number[])[],
  when: string,
): Chart<UplinkChart> {
  const capacity = Array.from({ length: bins.count }, (_, step) =>
    total.reduce((sum, use) => sum + use[step]!, 0),
  );
  const all = capacity.reduce((sum, bytes) => sum + bytes, 0);
  if (all === 0) return { missing: 'No peer with a limited uplink was there.' };
  const shares = total.map((use) => use.reduce((sum, bytes) => sum + bytes, 0) / all);
  const causes = uses
    .map((name, at) => ({ name, share: shares[at]! }))
    .slice(1)
    .filter(({ share }) => share >= 0.001)
    .sort((a, b) => b.share - a.share);
  const idle = causes.map(({ name, share }) => `${formatPercent(share)} ${name}`).join('; ');
  return {
    bins,
    layers: uses.map((name, at) => ({
      name,
      values: rounded(capacity.map((bytes, step) => (bytes > 0 ? total[at]![step]! / bytes : 0))),
    })),
    groups: groups.flatMap((name, at) => {
      const sums = ofGroup[at]!;
      const own = sums.reduce((sum, bytes) => sum + bytes, 0);
      return own === 0 ? [] : [{ name, shares: rounded(sums.map((bytes) => bytes / own)) }];
    }),
    summary:
      `${when}, ${formatPercent(shares[SENDING]!)} of what the limited uplinks ` +
      `could carry was used for chunks. ${idle === '' ? 'None was idle.' : `The rest: ${idle}.`}`,
  };
}

/**
 * What was sent in each step: as receipts tell it, scaled to what was measured, for these do not tell of what was cut
 * off; and never more than the uplink could carry: what is above it was sent in the steps around. What no receipt tells
 * of was under way at the end.
 */
function sentWithin(told: Float32Array, capacity: Float64Array, utilisation: number | null): Float64Array {
  const all = told.reduce((sum, bytes) => sum + bytes, 0);
  const measured = (utilisation ?? 0) * capacity.reduce((sum, bytes) => sum + bytes, 0);
  const sent = Float64Array.from(told, (bytes) => (all > 0 ? (bytes * measured) / all : 0));
  let above = all > 0 ? 0 : measured;
  // Bytes are sent before they have arrived, so what does not fit goes into the steps before, then into those after.
  for (let step = sent.length - 1; step >= 0; step--) above = fill(sent, capacity, step, above);
  for (let step = 0; step < sent.length && above > 0; step++) above = fill(sent, capacity, step, above);
  return sent;
}

function fill(sent: Float64Array, capacity: Float64Array, step: number, more: number): number {
  const wanted = sent[step]! + more;
  sent[step] = Math.min(wanted, capacity[step]!);
  return wanted - sent[step];
}

/** By step, what the limited uplink could carry while its peer was there, until that instant. */
function capacityOf(
  { plan, stays, faults }: SwarmStory,
  peer: number,
  { stepMs, count }: TimeBins,
  untilMs: number,
): Float64Array {
  const capacity = new Float64Array(count);
  const { link, name } = plan.peers[peer]!;
  if (link.upBytesPerSec === null) return capacity;
  const factors = slowDowns(faults, name);
  const isPlain = link.changes.length === 0 && factors.length === 0;
  for (const { joinMs, endMs } of stays[peer]!) {
    const lastMs = Math.min(endMs, untilMs);
    for (let step = Math.floor(Math.max(0, joinMs) / stepMs); step < count; step++) {
      const fromMs = Math.max(joinMs, step * stepMs);
      const toMs = Math.min(lastMs, (step + 1) * stepMs);
      if (toMs <= fromMs) break;
      capacity[step]! += isPlain
        ? (link.upBytesPerSec * (toMs - fromMs)) / SECOND_MS
        : carriedBytes(link, 'upBytesPerSec', fromMs, toMs, factors);
    }
  }
  return capacity;
}

function slowDowns(faults: SwarmStory['faults'], peer: string): RateFactor[] {
  return faults.flatMap(({ effect, fromMs, toMs }) => {
    if (effect?.kind !== 'slow-down' || !effect.peers.includes(peer)) return [];
    return [{ fromMs, toMs: toMs ?? Infinity, factor: effect.factor }];
  });
}

/** Bits of the chunks that somebody present lacks. */
function wantedChunks({ copies, presentCount, words }: SwarmState): Uint32Array {
  const wanted = new Uint32Array(words);
  for (let chunk = 0; chunk < copies.length; chunk++) {
    if (copies[chunk]! < presentCount) wanted[chunk >> 5]! |= 1 << (chunk & 31);
  }
  return wanted;
}

/** What others lack whom the chunks of a peer can reach, in spite of faults. */
class ReachedChunks {
  readonly #swarm: SwarmState;
  readonly #now: BarriersNow;
  readonly #byPlace = new Map<string, Uint32Array>();

  constructor(swarm: SwarmState, now: BarriersNow) {
    this.#swarm = swarm;
    this.#now = now;
  }

  /** Bits of chunks that somebody present lacks to whom the peer can send. */
  wantedOf(peer: number): Uint32Array {
    const place = this.#now.placeOf(peer);
    let wanted = this.#byPlace.get(place);
    if (wanted === undefined) this.#byPlace.set(place, (wanted = this.#wantedBy(peer)));
    return wanted;
  }

  #wantedBy(peer: number): Uint32Array {
    const { words, held, present } = this.#swarm;
    const wanted = new Uint32Array(words);
    for (let other = 0; other < present.length; other++) {
      if (present[other] === 0 || this.#now.blocks(peer, other)) continue;
      for (let word = 0; word < words; word++) wanted[word]! |= ~held[other * words + word]!;
    }
    return wanted;
  }
}

interface Uplink {
  readonly wanted: Uint32Array;
  /** Of the wanted chunks those that faults let through; undefined: no fault is in the way. */
  readonly reached: Uint32Array | undefined;
  readonly isSending: boolean;
  /** A fault lets nothing out of it. */
  readonly isSilent: boolean;
}

function causeOf(swarm: SwarmState, peer: number, { wanted, reached, isSending, isSilent }: Uplink): number {
  if (isSending) return isSilent ? KEPT : HELD_UP;
  if (swarm.heldCount[peer] === 0) return NOTHING;
  const from = peer * swarm.words;
  let isKept = false;
  for (let word = 0; word < swarm.words; word++) {
    const useful = swarm.held[from + word]! & wanted[word]!;
    if (useful === 0) continue;
    if (reached === undefined || (useful & reached[word]!) !== 0) return NOT_ASKED;
    isKept = true;
  }
  return isKept ? KEPT : NOT_WANTED;
}
