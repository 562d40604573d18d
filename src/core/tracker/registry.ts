import { addressKey, canonicalHost } from '../address.ts';
import type { Address, Random } from '../interfaces.ts';
import { bitfieldBytes, ChunkSet } from '../chunk-set.ts';
import type { ChunkClaim, PeerEntry } from '../protocol/messages.ts';
import { PEERS_BITS_BYTES_MAX } from '../protocol/swarm/limits.ts';
import { Agreements, type ContentChange } from './agreements.ts';
import {
  BITFIELDS_BYTES_MAX,
  LISTED_HOLDERS_MAX,
  SPEC_CLIENTS_MAX,
  SPEC_HOLDERS_PER_CHUNK_MAX,
  SPEC_HOLDINGS_MAX,
  SWARM_PEERS_MAX,
  TRACKED_CHUNKS_MAX,
} from './limits.ts';
import type { TrackerOptions } from './options.ts';
import { Pool } from './pool.ts';
import { inOrderOf, isReached, type Reach } from './reach.ts';

/** A connected peer of the swarm protocol. */
export interface SwarmMember {
  readonly kind: 'swarm';
  readonly key: string;
  readonly address: Address;
  readonly sequence: number;
  poolAt: number;
  /** What it holds by its last announce. */
  bits: ChunkSet;
  /** Chunks for which it has claimed what was agreed on. */
  readonly agreeing: ChunkSet;
  /** Chunks of which it claims what is not agreed on, or not yet. */
  readonly waiting: Set<number>;
}

/** An address that somebody announced by LOCAL_CHUNKS. */
interface SpecMember {
  readonly kind: 'spec';
  readonly key: string;
  readonly address: Address;
  poolAt: number;
  readonly indices: Set<number>;
}

interface SpecHolding {
  readonly sequence: number;
  /** undefined: announced in the plain edition. */
  readonly hash: string | undefined;
  /** Over which conversation it was announced last. */
  speaker: Speaker | undefined;
}

/** Stands for a conversation with a spec client, from its first announcement until `hangUp`. */
export type Speaker = object;

type Edition = TrackerOptions['edition'];

type Member = SwarmMember | SpecMember;

/** Oldest first. */
type SpecHolders = Map<SpecMember, SpecHolding>;

/** An answer to WHERE_CHUNK. */
export interface Location {
  /** Only in the hashed edition. */
  readonly hash?: string;
  /** Without the asker; each once, at least one: those whose connection is open, oldest first, then the others. */
  readonly holders: readonly Address[];
}

/**
 * The holders of each chunk, and the content the swarm has agreed on. Pure state: no connections, no time.
 *
 * - A holder of a chunk is listed when it has claimed the agreed hash, or when it has claimed no hash at all (the plain
 *   edition of the spec protocol); the latter only where no hash is asked for.
 * - Age is the time of the announcement for spec clients, and the time of joining for swarm peers.
 * - A spec client is kept when its connection closes, since it may go on serving; but what it said then stands back
 *   behind what others say over an open one: in lists, and where they claim another content.
 * - One address is one holder, whichever protocol it used; a connected swarm peer stands for itself.
 * - Everything is bounded by the constants of limits.ts; what goes beyond them is ignored.
 */
export class Registry {
  readonly #random: Random;
  readonly #agreements: Agreements<Member>;
  readonly #chunks = new Map<number, SpecHolders>();
  readonly #swarmMembers = new Map<string, SwarmMember>();
  readonly #specMembers = new Map<string, SpecMember>();
  readonly #pool = new Pool<Member>();
  readonly #speakers = new Set<Speaker>();
  #onContentChange: (change: ContentChange) => void = () => undefined;
  #totalChunks = 0;
  #sequence = 0;
  #specHoldings = 0;
  /** What is known of a chunk that a spec client holds. */
  #highestIndex = 0;

  constructor(components: { readonly random: Random }, options: { readonly agreement: number }) {
    this.#random = components.random;
    this.#agreements = new Agreements(options.agreement, {
      isClaimed: (index, hash) => this.#isClaimed(index, hash),
      isThere: (member, index) =>
        member.kind === 'swarm' || this.#speaks(this.#chunks.get(index)?.get(member)?.speaker),
      onClaim: (member, index, agrees) => this.#onClaim(member, index, agrees),
      onContentChange: (change) => this.#onContentChange(change),
    });
  }

  /** As the first swarm peer said; 0 before. */
  get totalChunks(): number {
    return this.#totalChunks;
  }

  get swarmPeers(): number {
    return this.#swarmMembers.size;
  }

  get specClients(): number {
    return this.#specMembers.size;
  }

  /** Whether this address has announced every chunk that anybody has; and how many those are. */
  holdsAll(holder: Address): { readonly chunks: number } | undefined {
    const chunks = Math.max(this.#totalChunks, this.#highestIndex);
    const held = this.#specMembers.get(addressKey(holder))?.indices.size;
    return held === chunks ? { chunks } : undefined;
  }

  /** Nobody takes part at present: no swarm peer, and no spec client over an open connection. */
  get isDeserted(): boolean {
    return this.#swarmMembers.size === 0 && this.#speakers.size === 0;
  }

  /** Where `agreedFrom` ends: it grows with each agreement that includes a size. */
  get agreedEnd(): number {
    return this.#agreements.end;
  }

  /** Agreed chunks in the order of agreement, from the given position on, at most `count`; and where to go on. */
  agreedFrom(position: number, count: number): { readonly claims: ChunkClaim[]; readonly next: number } {
    return this.#agreements.from(position, count);
  }

  /** Calls back whenever another content of a chunk is agreed on than before. The newest listener is the only one. */
  onContentChange(listener: (change: ContentChange) => void): void {
    this.#onContentChange = listener;
  }

  /** LOCAL_CHUNKS. Returns false when the announcement is beyond a limit and was ignored. */
  announceSpec(index: number, hash: string | undefined, holder: Address, speaker?: Speaker): boolean {
    const key = addressKey(holder);
    if (speaker !== undefined) this.#speakers.add(speaker);
    if (this.#swarmMembers.has(key)) return true;
    if (!(index >= 1 && index <= TRACKED_CHUNKS_MAX)) return false;
    const known = this.#specMembers.get(key);
    const holders = this.#chunks.get(index);
    const before = known && holders?.get(known);
    if (before !== undefined && (hash === undefined || before.hash === hash)) {
      before.speaker = speaker;
      if (before.hash !== undefined) this.#agreements.claim(known!, index, before.hash, undefined);
      return true;
    }
    if (before === undefined && this.#isFull(known, holders?.size ?? 0)) return false;
    const chunk = this.#chunk(index);
    const member = known ?? this.#newSpecMember(key, holder);
    if (before === undefined) this.#specHoldings++;
    member.indices.add(index);
    this.#highestIndex = Math.max(this.#highestIndex, index);
    chunk.delete(member);
    chunk.set(member, { sequence: this.#sequence++, hash, speaker });
    if (hash === undefined) this.#pool.add(member);
    else this.#agreements.claim(member, index, hash, undefined);
    return true;
  }

  /** The conversation is over. What was announced over it is kept, and stands back from now on. */
  hangUp(speaker: Speaker): void {
    if (this.#speakers.delete(speaker)) this.#agreements.reviewContested();
  }

  /** All conversations with spec clients are over: they were another tracker's. */
  hangUpAll(): void {
    this.#speakers.clear();
    this.#agreements.reviewContested();
  }

  /**
   * A swarm peer comes. It replaces a spec client of the same address; a swarm peer there must have left before.
   * Returns undefined when the tracker is full. `totalChunks` must be what `totalChunks` says, unless that is 0.
   */
  join(address: Address, totalChunks: number): SwarmMember | undefined {
    const bytesEach = 2 * bitfieldBytes(totalChunks);
    if (this.#swarmMembers.size >= Math.min(SWARM_PEERS_MAX, BITFIELDS_BYTES_MAX / bytesEach))
      return undefined;
    this.#totalChunks = totalChunks;
    const key = addressKey(address);
    const spec = this.#specMembers.get(key);
    if (spec !== undefined) this.#dropSpec(spec);
    const member: SwarmMember = {
      kind: 'swarm',
      key,
      address: normal(address),
      sequence: this.#sequence++,
      poolAt: -1,
      bits: new ChunkSet(totalChunks),
      agreeing: new ChunkSet(totalChunks),
      waiting: new Set(),
    };
    this.#swarmMembers.set(key, member);
    this.#pool.add(member);
    return member;
  }

  /** An announce: all that the peer holds, and claims it had not made yet. Claims of chunks not held are ignored. */
  update(member: SwarmMember, bits: ChunkSet, claims: readonly ChunkClaim[]): void {
    member.bits = bits;
    for (const index of member.waiting) if (!bits.has(index)) this.#withdraw(member, index);
    for (const { index, hash, bytes } of claims) {
      if (index <= this.#totalChunks && bits.has(index)) {
        this.#agreements.claim(member, index, hash, bytes);
      }
    }
  }

  /** The connected peer of this address. */
  swarmMemberAt(address: Address): SwarmMember | undefined {
    return this.#swarmMembers.get(addressKey(address));
  }

  /** Those that have joined and not left, oldest first. */
  allSwarmMembers(): readonly SwarmMember[] {
    return [...this.#swarmMembers.values()];
  }

  leave(member: SwarmMember): void {
    this.#swarmMembers.delete(member.key);
    this.#pool.remove(member);
    for (const index of member.waiting) this.#withdraw(member, index);
    this.#agreements.reviewContested();
  }

  /** Forgets everything: the swarm is over and another file may come. No swarm member may be used afterwards. */
  reset(): void {
    this.#chunks.clear();
    for (const member of [...this.#swarmMembers.values(), ...this.#specMembers.values()])
      this.#pool.remove(member);
    this.#swarmMembers.clear();
    this.#specMembers.clear();
    this.#agreements.clear();
    this.#totalChunks = this.#specHoldings = this.#highestIndex = 0;
  }

  /** WHERE_CHUNK: at most LISTED_HOLDERS_MAX holders; undefined when nobody but the asker may be listed. */
  locate(index: number, edition: Edition, asker?: Address, reach: Reach = 'all'): Location | undefined {
    this.#agreements.review(index);
    const hash = this.#agreements.hash(index);
    if (edition === 'hashed' && hash === undefined) return undefined;
    const own = asker && addressKey(asker);
    const { there, gone } = this.#specHolders(index, edition, own, reach);
    const swarm: Listed[] = [];
    for (const member of this.#swarmMembers.values()) {
      if (swarm.length === LISTED_HOLDERS_MAX) break;
      if (member.key === own || !member.bits.has(index) || !member.agreeing.has(index)) continue;
      if (!isReached(member.address, reach)) continue;
      swarm.push(member);
    }
    const live = [...there, ...swarm].sort((one, other) => one.sequence - other.sequence);
    const holders = inOrderOf(reach, [...live, ...gone]).slice(0, LISTED_HOLDERS_MAX);
    if (holders.length === 0) return undefined;
    return edition === 'hashed' ? { hash: hash!, holders } : { holders };
  }

  /** Holders that are connected and have announced the chunk, whatever its content; at most LISTED_HOLDERS_MAX. */
  openHolders(index: number): Address[] {
    const spec = [...(this.#chunks.get(index) ?? [])].filter(([, { speaker }]) => this.#speaks(speaker));
    const swarm = [...this.#swarmMembers.values()].filter(({ bits }) => bits.has(index));
    return [...spec.map(([{ address }]) => address), ...swarm.map(({ address }) => address)].slice(
      0,
      LISTED_HOLDERS_MAX,
    );
  }

  /** Spec clients that may be listed, oldest first: those over whose open connection it was announced, and others. */
  #specHolders(
    index: number,
    edition: Edition,
    own: string | undefined,
    reach: Reach,
  ): { readonly there: Listed[]; readonly gone: Listed[] } {
    const agreed = this.#agreements.hash(index);
    const [there, gone]: [Listed[], Listed[]] = [[], []];
    for (const [{ key, address }, { hash, sequence, speaker }] of this.#chunks.get(index) ?? []) {
      if (there.length === LISTED_HOLDERS_MAX) break;
      const mayBeListed = hash === undefined ? edition === 'plain' : hash === agreed;
      if (key === own || !mayBeListed || !isReached(address, reach)) continue;
      const list = this.#speaks(speaker) ? there : gone;
      if (list.length < LISTED_HOLDERS_MAX) list.push({ address, sequence });
    }
    return { there, gone };
  }

  /** Up to `wanted` members at random, without the asker; spec clients with the chunks they may be asked for. */
  sample(wanted: number, asker: Address): PeerEntry[] {
    const entries: PeerEntry[] = [];
    const own = addressKey(asker);
    let bitsBytes = 0;
    for (const member of this.#pool.draw(this.#random)) {
      if (entries.length >= wanted) break;
      if (member.key === own) continue;
      if (member.kind === 'swarm') {
        entries.push({ address: member.address, protocol: 'swarm' });
        continue;
      }
      const offered = this.#offered(member);
      if (offered.size === 0 || bitsBytes + bitfieldBytes(this.#totalChunks) > PEERS_BITS_BYTES_MAX) continue;
      const bits = offered.toBits();
      bitsBytes += bits.length;
      entries.push({ address: member.address, protocol: 'spec', bits });
    }
    return entries;
  }

  #offered(member: SpecMember): ChunkSet {
    const offered = new ChunkSet(this.#totalChunks);
    for (const index of member.indices) {
      const { hash } = this.#chunks.get(index)!.get(member)!;
      if (index <= this.#totalChunks && (hash === undefined || hash === this.#agreements.hash(index)))
        offered.add(index);
    }
    return offered;
  }

  #onClaim(member: Member, index: number, agrees: boolean): void {
    if (member.kind === 'spec') {
      if (agrees) this.#pool.add(member);
    } else if (agrees) {
      member.waiting.delete(index);
      member.agreeing.add(index);
    } else {
      member.waiting.add(index);
      member.agreeing.delete(index);
    }
  }

  #withdraw(member: SwarmMember, index: number): void {
    member.waiting.delete(index);
    this.#agreements.withdraw(member, index);
  }

  #isClaimed(index: number, hash: string): boolean {
    for (const holding of this.#chunks.get(index)?.values() ?? []) {
      if (holding.hash === hash && this.#speaks(holding.speaker)) return true;
    }
    for (const member of this.#swarmMembers.values()) if (member.agreeing.has(index)) return true;
    return false;
  }

  #speaks(speaker: Speaker | undefined): boolean {
    return speaker !== undefined && this.#speakers.has(speaker);
  }

  #chunk(index: number): SpecHolders {
    let chunk = this.#chunks.get(index);
    if (chunk === undefined) {
      chunk = new Map();
      this.#chunks.set(index, chunk);
    }
    return chunk;
  }

  #isFull(member: SpecMember | undefined, holders: number): boolean {
    if (this.#specHoldings >= SPEC_HOLDINGS_MAX) return true;
    if (holders >= SPEC_HOLDERS_PER_CHUNK_MAX) return true;
    return member === undefined && this.#specMembers.size >= SPEC_CLIENTS_MAX;
  }

  #newSpecMember(key: string, holder: Address): SpecMember {
    const member: SpecMember = { kind: 'spec', key, address: normal(holder), poolAt: -1, indices: new Set() };
    this.#specMembers.set(key, member);
    return member;
  }

  #dropSpec(member: SpecMember): void {
    for (const index of member.indices) {
      this.#chunks.get(index)!.delete(member);
      this.#agreements.withdraw(member, index);
    }
    this.#specHoldings -= member.indices.size;
    this.#specMembers.delete(member.key);
    this.#pool.remove(member);
  }
}

interface Listed {
  readonly address: Address;
  /** Lower: older. */
  readonly sequence: number;
}

function normal({ host, port }: Address): Address {
  return { host: canonicalHost(host), port };
}
