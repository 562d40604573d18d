/** Plays the receipts, joins and departures of a run, so that the state of the swarm can be looked at step by step. */
import { receiptKinds, type SwarmStory } from './swarm-story.ts';

export interface SwarmState {
  /** By peer of the plan. */
  readonly present: Uint8Array;
  /** Whether the chunk (from 0) is held by the peer, present or not. */
  holds(peer: number, chunk: number): boolean;
  readonly heldCount: Uint32Array;
  /** By chunk (from 0): copies among the peers present. */
  readonly copies: Uint32Array;
  readonly presentCount: number;
  /** Bits of chunks by peer, `words` a peer: chunk c is bit c & 31 of word c >> 5. */
  readonly held: Uint32Array;
  readonly words: number;
}

type Change =
  | { readonly atMs: number; readonly peer: number; readonly kind: 'join'; readonly heldChunks: number }
  | { readonly atMs: number; readonly peer: number; readonly kind: 'leave' };

export interface WalkWatcher {
  /** The state at the end of each step. */
  step(step: number, swarm: SwarmState): void;
  /** After each departure. */
  left?(atMs: number, swarm: SwarmState): void;
}

export function walk(story: SwarmStory, stepMs: number, steps: number, watcher: WalkWatcher): void {
  const swarm = new Swarm(story);
  const changes = changesOf(story);
  const { atMs, to, chunk, kind } = story.receipts;
  let change = 0;
  let receipt = 0;
  for (let step = 0; step < steps; step++) {
    // The end of the run belongs to the last step, whatever its arithmetic.
    const untilMs = step === steps - 1 ? Infinity : (step + 1) * stepMs;
    while (true) {
      const changeMs = changes[change]?.atMs ?? Infinity;
      const receiptMs = atMs[receipt] ?? Infinity;
      if (Math.min(changeMs, receiptMs) > untilMs || (changeMs === Infinity && receiptMs === Infinity)) break;
      if (changeMs <= receiptMs) {
        const next = changes[change++]!;
        swarm.apply(next);
        if (next.kind === 'leave') watcher.left?.(next.atMs, swarm);
      } else {
        if (kind[receipt]! <= receiptKinds.again) swarm.receive(to[receipt]!, chunk[receipt]! - 1);
        receipt++;
      }
    }
    watcher.step(step, swarm);
  }
}

function changesOf({ stays, plan }: SwarmStory): Change[] {
  const changes: Change[] = [];
  for (let peer = 0; peer < plan.peers.length; peer++) {
    for (const { joinMs, endMs, end, heldChunks } of stays[peer]!) {
      changes.push({ atMs: joinMs, peer, kind: 'join', heldChunks });
      if (end !== 'stayed') changes.push({ atMs: endMs, peer, kind: 'leave' });
    }
  }
  return changes.sort((a, b) => a.atMs - b.atMs || (a.kind === 'join' ? 0 : 1) - (b.kind === 'join' ? 0 : 1));
}

class Swarm implements SwarmState {
  readonly present: Uint8Array;
  readonly heldCount: Uint32Array;
  readonly copies: Uint32Array;
  readonly held: Uint32Array;
  readonly words: number;
  presentCount = 0;
  readonly #initial: Uint32Array;
  readonly #initialCount: Uint32Array;

  constructor({ plan, initial }: SwarmStory) {
    const peers = plan.peers.length;
    const chunks = plan.content.totalChunks;
    this.words = Math.ceil(chunks / 32);
    this.present = new Uint8Array(peers);
    this.copies = new Uint32Array(chunks);
    this.#initial = new Uint32Array(peers * this.words);
    this.#initialCount = new Uint32Array(peers);
    initial.forEach((set, peer) => {
      for (const index of set ?? []) {
        const chunk = index - 1;
        this.#initial[peer * this.words + (chunk >> 5)]! |= 1 << (chunk & 31);
      }
      this.#initialCount[peer] = set?.size ?? 0;
    });
    this.held = this.#initial.slice();
    this.heldCount = this.#initialCount.slice();
  }

  holds(peer: number, chunk: number): boolean {
    return (this.held[peer * this.words + (chunk >> 5)]! & (1 << (chunk & 31))) !== 0;
  }

  apply(change: Change): void {
    const { peer, kind } = change;
    if (kind === 'leave') {
      if (this.present[peer] === 1) this.#count(peer, -1);
      this.present[peer] = 0;
      return;
    }
    if (this.present[peer] === 1) return;
    // It came back without what it had received.
    if (change.heldChunks < this.heldCount[peer]! && change.heldChunks === this.#initialCount[peer]) {
      const from = peer * this.words;
      this.held.set(this.#initial.subarray(from, from + this.words), from);
      this.heldCount[peer] = this.#initialCount[peer]!;
    }
    this.present[peer] = 1;
    this.#count(peer, 1);
  }

  receive(peer: number, chunk: number): void {
    if (this.holds(peer, chunk)) return;
    this.held[peer * this.words + (chunk >> 5)]! |= 1 << (chunk & 31);
    this.heldCount[peer]!++;
    if (this.present[peer] === 1) this.copies[chunk]!++;
  }

  #count(peer: number, by: 1 | -1): void {
    this.presentCount += by;
    for (let chunk = 0; chunk < this.copies.length; chunk++) {
      if (this.holds(peer, chunk)) this.copies[chunk]! += by;
    }
  }
}
