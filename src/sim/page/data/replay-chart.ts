import { TRACKER } from '../../faults/occurrence.ts';
import type { Chart, ReplayChart, ReplayCut } from '../shared/charts.ts';
import { packRows } from '../shared/number-columns.ts';
import { ROW, stepKinds, TICKS_A_MS, type StepKind } from '../shared/replay.ts';
import { pickPeers } from './pick-peers.ts';
import { count, lacksEvents } from './sentences.ts';
import { receiptKinds, type SwarmStory } from './swarm-story.ts';

/** As many as a ring has room for. */
const REPLAY_PEERS_MAX = 200;
/** A page of two megabytes holds so many. */
const RECEIPTS_MAX = 120_000;
/** Of a partition that comes again and again; each takes a number a peer. */
const CUTS_MAX = 100;

interface Step {
  readonly peer: number;
  readonly kind: StepKind;
  readonly atMs: number;
  readonly held: number;
}

export function replayChart(story: SwarmStory): Chart<ReplayChart> {
  const lacking = lacksEvents(story);
  if (lacking !== null) return lacking;
  const shown = pickPeers(story, REPLAY_PEERS_MAX);
  const place = new Map(shown.map((peer, at) => [peer, at]));
  const { to, kind } = story.receipts;
  let receipts = 0;
  for (let row = 0; row < to.length; row++) {
    if (kind[row]! <= receiptKinds.again && place.has(to[row]!)) receipts++;
  }
  const chunksEach = Math.max(1, Math.ceil(receipts / RECEIPTS_MAX));
  const peers = story.result.peers.length;
  const transfers = transfersOf(story, place, chunksEach);
  return {
    names: shown.map((peer) => story.names[peer]!),
    groups: shown.map((peer) => story.groupOf[peer]!),
    peers,
    chunksEach,
    totalChunks: story.plan.content.totalChunks,
    openMs: openingOf(transfers) ?? story.endMs / 2,
    steps: packRows(lifeOf(story, place), ROW),
    transfers: packRows(transfers, ROW),
    cuts: cutsOf(story, shown),
    summary:
      (shown.length < peers
        ? `${count(shown.length, 'peer')} of ${peers.toLocaleString('en-US')}, evenly chosen; what comes from others comes from the rim. `
        : `${count(peers, 'peer')} in a ring around the tracker. `) +
      (chunksEach > 1 ? `One transfer in ${chunksEach} is shown.` : 'Every transfer is shown.') +
      ' A disc fills with what the peer holds; a dot is a chunk under way; a cross is a crash; a dashed line is a cut.',
  };
}

function transfersOf(story: SwarmStory, place: ReadonlyMap<number, number>, chunksEach: number): number[] {
  const { atMs, tookMs, from, to, kind } = story.receipts;
  const transfers: number[] = [];
  const received = new Map<number, number>();
  for (let row = 0; row < atMs.length; row++) {
    const peer = place.get(to[row]!);
    if (peer === undefined || kind[row]! > receiptKinds.again) continue;
    const number = (received.get(peer) ?? 0) + 1;
    received.set(peer, number);
    if (number % chunksEach !== 0) continue;
    transfers.push(place.get(from[row]!) ?? place.size, peer, ticks(tookMs[row]!), ticks(atMs[row]!));
  }
  return transfers;
}

/** Then something is under way, and half has arrived. */
function openingOf(transfers: readonly number[]): number | undefined {
  if (transfers.length === 0) return undefined;
  const row = Math.floor(transfers.length / ROW / 2) * ROW;
  return (transfers[row + 3]! - transfers[row + 2]! / 2) / TICKS_A_MS;
}

/** When each peer that is shown came, completed and went, in order of time. */
function lifeOf(story: SwarmStory, place: ReadonlyMap<number, number>): number[] {
  const { stays, completionsMs, plan } = story;
  const steps: Step[] = [];
  for (const [at, peer] of place) {
    for (const { joinMs, endMs, end, heldChunks, totalChunks } of stays[at]!) {
      steps.push({ peer, kind: 'joined', atMs: joinMs, held: heldChunks });
      if (heldChunks === totalChunks) steps.push({ peer, kind: 'completed', atMs: joinMs, held: heldChunks });
      if (end !== 'stayed') steps.push({ peer, kind: end, atMs: endMs, held: 0 });
    }
    for (const atMs of completionsMs[at]!) {
      steps.push({ peer, kind: 'completed', atMs, held: plan.content.totalChunks });
    }
  }
  const rank = (kind: StepKind): number => stepKinds.indexOf(kind);
  return steps
    .sort((a, b) => a.atMs - b.atMs || rank(a.kind) - rank(b.kind))
    .flatMap(({ peer, kind, atMs, held }) => [peer, rank(kind), ticks(atMs), held]);
}

function cutsOf({ faults, names, endMs }: SwarmStory, shown: readonly number[]): ReplayCut[] {
  return faults
    .flatMap(({ name, effect, fromMs, toMs }) => {
      if (effect?.kind !== 'partition') return [];
      const sideOf = new Map(effect.sides.flatMap((side, at) => side.map((one) => [one, at] as const)));
      return [
        {
          name,
          fromMs,
          toMs: toMs ?? endMs,
          oneWay: effect.oneWay,
          sides: shown.map((peer) => sideOf.get(names[peer]!) ?? -1),
          tracker: sideOf.get(TRACKER) ?? -1,
        },
      ];
    })
    .slice(0, CUTS_MAX);
}

function ticks(ms: number): number {
  return Math.max(0, Math.round(ms * TICKS_A_MS));
}
