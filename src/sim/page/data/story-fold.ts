import type { ChunkAnnounced, ChunkDiscarded, ChunkReceived, SwarmEvent } from '../../../core/events.ts';
import { ChunkSet } from '../../../core/chunk-set.ts';
import { AddressBook, type Owner } from '../../measure/address-book.ts';
import type { EventFold } from '../../measure/event-fold.ts';
import { InitialChunks } from '../../measure/initial-chunks.ts';
import { Presence } from '../../measure/presence.ts';
import { sharesOf } from '../../measure/receipts.ts';
import type { Plan } from '../../plan/plan.ts';
import type { RunResult } from '../../result/result.ts';
import { GrowingColumns } from './growing-columns.ts';
import { newsKinds, receiptKinds, type StoryFault, type SwarmStory } from './swarm-story.ts';

/** Clients that are not of the plan. */
const OUTSIDE = 'outside';

/**
 * One announce of the swarm protocol tells of many chunks; on real clocks each of its events is some microseconds after
 * the one before. A peer's next announce comes a second later, the last one of all a turn of its timer later.
 */
const SAME_ANNOUNCE_MS = 1;

/**
 * Sees the events of a run in order of time, and keeps what its page shows: one row of 29 bytes for each receipt, which
 * is less than a peer keeps for a chunk that it holds.
 */
export class StoryFold implements EventFold {
  readonly #plan: Plan;
  readonly #book = new AddressBook();
  readonly #presence = new Presence();
  readonly #initial: InitialChunks;
  readonly #received = new Map<string, ChunkSet>();
  readonly #owners: Owner[] = [];
  readonly #ownerAt = new Map<Owner, number>();
  readonly #peerAt: ReadonlyMap<string, number>;
  readonly #receipts = new GrowingColumns({
    atMs: 'double',
    tookMs: 'single',
    from: 'whole',
    to: 'whole',
    chunk: 'whole',
    bytes: 'whole',
    kind: 'small',
  });
  readonly #tracker = new GrowingColumns({ atMs: 'double', kind: 'small' });
  readonly #faults: { -readonly [K in keyof StoryFault]: StoryFault[K] }[] = [];
  readonly #openFaults = new Map<string, { toMs: number | null }>();
  /** By peer of the swarm protocol: when its last event of an announce was. */
  readonly #announcedMs = new Map<string, number>();

  constructor(plan: Plan) {
    this.#plan = plan;
    this.#initial = new InitialChunks(plan);
    this.#peerAt = new Map(plan.peers.map(({ name }, at) => [name, at]));
  }

  see(event: SwarmEvent): void {
    this.#book.see(event);
    this.#presence.see(event);
    this.#initial.see(event);
    const { type, atMs } = event;
    if (type === 'chunk-received') this.#receive(event);
    else if (type === 'chunk-discarded') this.#rows(event, 0, receiptKinds.discarded, receiptKinds.discarded);
    else if (type === 'chunk-announced') this.#announce(event);
    else if (type === 'chunk-asked') this.#tracker.add({ atMs, kind: newsKinds.asked });
    else if (type === 'client-registered') this.#tracker.add({ atMs, kind: newsKinds.registered });
    else if (type === 'peer-forgotten') this.#tracker.add({ atMs, kind: newsKinds.forgotten });
    else if (type === 'fault-began' || type === 'fault-ended') this.#fault(event);
  }

  /**
   * @param seenShare the share of the chunks whose events were seen: less than 1 where a file had only some
   * @param goesOn the result is that of the run so far
   */
  story(result: RunResult, { seenShare = 1, goesOn = false } = {}): SwarmStory {
    const { peers } = this.#plan;
    const names = peers.map(({ name }) => name);
    const groups = [...new Set(peers.map(({ group }) => group))];
    const groupOf = peers.map(({ group }) => groups.indexOf(group));
    const place = new Map(this.#peerAt);
    const senders = this.#owners.map(({ name }) => {
      const known = place.get(name);
      if (known !== undefined) return known;
      if (!groups.includes(OUTSIDE)) groups.push(OUTSIDE);
      groupOf.push(groups.indexOf(OUTSIDE));
      place.set(name, names.length);
      return names.push(name) - 1;
    });
    const { from, ...columns } = this.#receipts.columns();
    const stays = this.#presence.stays(result.elapsedMs);
    const { completions } = this.#presence;
    return {
      plan: this.#plan,
      result,
      endMs: result.elapsedMs,
      names,
      groups,
      groupOf,
      receipts: { ...columns, from: Uint32Array.from(from, (at) => senders[at]!) },
      stays: names.map((name) => stays.get(name) ?? []),
      completionsMs: names.map((name) => completions.get(name) ?? []),
      initial: peers.map((peer) =>
        this.#initial.of(peer, { stays: stays.get(peer.name) ?? [], completed: completions.has(peer.name) }),
      ),
      faults: this.#faults,
      tracker: this.#tracker.columns(),
      seenShare,
      goesOn,
    };
  }

  #receive(event: ChunkReceived): void {
    const { peer, index } = event;
    let received = this.#received.get(peer);
    if (received === undefined) {
      this.#received.set(peer, (received = new ChunkSet(this.#plan.content.totalChunks)));
    }
    const kind = received.add(index) ? receiptKinds.useful : receiptKinds.again;
    this.#rows(event, event.tookMs, kind, receiptKinds.part);
  }

  #rows(event: ChunkReceived | ChunkDiscarded, tookMs: number, kind: number, earlier: number): void {
    const to = this.#peerAt.get(event.peer);
    if (to === undefined) return;
    sharesOf(event).forEach(({ from, bytes }, at) => {
      this.#receipts.add({
        atMs: event.atMs,
        tookMs,
        from: this.#ownerOf(this.#book.ownerOf(from, event.atMs)),
        to,
        chunk: event.index,
        bytes,
        kind: at === 0 ? kind : earlier,
      });
    });
  }

  #ownerOf(owner: Owner): number {
    const known = this.#ownerAt.get(owner);
    if (known !== undefined) return known;
    const at = this.#owners.push(owner) - 1;
    this.#ownerAt.set(owner, at);
    return at;
  }

  #announce({ peer, atMs, protocol }: ChunkAnnounced): void {
    if (protocol === 'swarm') {
      const before = this.#announcedMs.get(peer) ?? -Infinity;
      this.#announcedMs.set(peer, atMs);
      if (atMs - before < SAME_ANNOUNCE_MS) return;
    }
    this.#tracker.add({ atMs, kind: newsKinds.announced });
  }

  #fault(event: Extract<SwarmEvent, { type: 'fault-began' | 'fault-ended' }>): void {
    const key = `${event.fault}\0${event.occurrence}`;
    if (event.type === 'fault-ended') {
      const open = this.#openFaults.get(key);
      if (open !== undefined) open.toMs = event.atMs;
      return;
    }
    const { fault, kind, occurrence, atMs, targets } = event;
    const begun = {
      name: occurrence === 1 ? fault : `${fault} (${occurrence})`,
      kind,
      effect: this.#plan.faults.find(({ name }) => name === fault)?.effect,
      targets,
      fromMs: atMs,
      toMs: null,
    };
    this.#faults.push(begun);
    this.#openFaults.set(key, begun);
  }
}
