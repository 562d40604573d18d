import { addressKey, sameHost } from '../address.ts';
import type { Address, Random } from '../interfaces.ts';
import { bitfieldBytes, ChunkSet } from '../chunk-set.ts';
import type { ChunkClaim, PeerEntry } from '../protocol/messages.ts';
import { PEERS_BITS_BYTES_MAX } from '../protocol/swarm/limits.ts';
import { Agreement } from './agreement.ts';
import {
  BITFIELDS_BYTES_MAX,
  LISTED_HOLDERS_MAX,
  SPEC_CLIENTS_MAX,
  SPEC_HOLDERS_PER_CHUNK_MAX,
  SPEC_HOLDINGS_MAX,
  SWARM_PEERS_MAX,
  TRACKED_CHUNKS_MAX,
  WAITING_MAX,
} from './limits.ts';
import type { TrackerOptions } from './options.ts';
import { Pool } from './pool.ts';

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
  /** Chunks of which its claim waits for agreement. */
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
}

type Edition = TrackerOptions['edition'];

type Member = SwarmMember | SpecMember;

interface Chunk {
  readonly agreement: Agreement<Member>;
  /** Oldest first. */
  readonly specHolders: Map<SpecMember, SpecHolding>;
}

/** An answer to WHERE_CHUNK. */
export interface Location {
  /** Only in the hashed edition. */
  readonly hash?: string;
  /** Without the asker; each once, oldest first. */
  readonly others: readonly Address[];
  /** The asker itself would be listed too. True when there are no others. */
  readonly askerHolds: boolean;
}

/**
 * Who holds which chunk, and what the swarm has agreed on. Pure state: no connections, no time.
 *
 * - A holder of a chunk is listed when it has claimed the agreed hash, or when it has claimed no hash at all (the plain
 *   edition of the classic text); the latter only where no hash is asked for.
 * - Age is the time of the announcement for spec clients, and the time of joining for swarm peers.
 * - One address is one holder, whichever protocol it used; a connected swarm peer stands for itself.
 * - Everything is bounded by the constants of limits.ts; what goes beyond them is ignored.
 */
export class Registry {
  readonly #random: Random;
  readonly #agreementNeeded: number;
  readonly #chunks = new Map<number, Chunk>();
  readonly #swarmMembers = new Map<string, SwarmMember>();
  readonly #specMembers = new Map<string, SpecMember>();
  readonly #pool = new Pool<Member>();
  readonly #agreed: ChunkClaim[] = [];
  #totalChunks = 0;
  #sequence = 0;
  #waiting = 0;
  #specHoldings = 0;

  constructor(components: { readonly random: Random }, options: { readonly agreement: number }) {
    this.#random = components.random;
    this.#agreementNeeded = options.agreement;
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

  /** How many chunks are agreed on with their size. */
  get agreedChunks(): number {
    return this.#agreed.length;
  }

  /** Agreed chunks in the order of agreement, from the given position on, at most `count`. */
  agreedFrom(position: number, count: number): ChunkClaim[] {
    return this.#agreed.slice(position, position + count);
  }

  /** LOCAL_CHUNKS. Returns false when the announcement is beyond a limit and was ignored. */
  announceSpec(index: number, hash: string | undefined, holder: Address): boolean {
    const key = addressKey(holder);
    if (this.#swarmMembers.has(key)) return true;
    if (!(index >= 1 && index <= TRACKED_CHUNKS_MAX)) return false;
    const known = this.#specMembers.get(key);
    const holders = this.#chunks.get(index)?.specHolders;
    const before = known && holders?.get(known);
    if (before !== undefined && (hash === undefined || before.hash === hash)) return true;
    if (before === undefined && this.#isFull(known, holders?.size ?? 0)) return false;
    const chunk = this.#chunk(index);
    const member = known ?? this.#newSpecMember(key, holder);
    if (before === undefined) this.#specHoldings++;
    member.indices.add(index);
    chunk.specHolders.delete(member);
    chunk.specHolders.set(member, { sequence: this.#sequence++, hash });
    if (hash === undefined) this.#pool.add(member);
    else this.#claim(member, index, hash, undefined);
    return true;
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
      if (index <= this.#totalChunks && bits.has(index)) this.#claim(member, index, hash, bytes);
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
  }

  /** Forgets everything: the swarm is over and another file may come. No swarm member may be used afterwards. */
  reset(): void {
    this.#chunks.clear();
    for (const member of [...this.#swarmMembers.values(), ...this.#specMembers.values()])
      this.#pool.remove(member);
    this.#swarmMembers.clear();
    this.#specMembers.clear();
    this.#agreed.length = 0;
    this.#totalChunks = this.#waiting = this.#specHoldings = 0;
  }

  /** WHERE_CHUNK: at most LISTED_HOLDERS_MAX others, oldest first; undefined when nobody may be listed. */
  locate(index: number, edition: Edition, asker?: Address): Location | undefined {
    const chunk = this.#chunks.get(index);
    const hash = chunk?.agreement.hash;
    if (chunk === undefined || (edition === 'hashed' && hash === undefined)) return undefined;
    const own = asker && addressKey(asker);
    const listed: { readonly sequence: number; readonly member: Member }[] = [];
    const list = (members: Iterable<Member>): void => {
      const enough = listed.length + LISTED_HOLDERS_MAX;
      for (const member of members) {
        if (listed.length === enough) return;
        const sequence = member.key === own ? undefined : listing(chunk, index, member, edition);
        if (sequence !== undefined) listed.push({ sequence, member });
      }
    };
    list(chunk.specHolders.keys());
    list(this.#swarmMembers.values());
    listed.sort((one, other) => one.sequence - other.sequence);
    const self = own === undefined ? undefined : (this.#swarmMembers.get(own) ?? this.#specMembers.get(own));
    const askerHolds = self !== undefined && listing(chunk, index, self, edition) !== undefined;
    if (listed.length === 0 && !askerHolds) return undefined;
    const others = listed.slice(0, LISTED_HOLDERS_MAX).map(({ member }) => member.address);
    return edition === 'hashed' ? { hash: hash!, others, askerHolds } : { others, askerHolds };
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
      const chunk = this.#chunks.get(index)!;
      const hash = chunk.specHolders.get(member)!.hash;
      if (index <= this.#totalChunks && (hash === undefined || hash === chunk.agreement.hash))
        offered.add(index);
    }
    return offered;
  }

  #claim(member: Member, index: number, hash: string, bytes: number | undefined): void {
    const { agreement } = this.#chunk(index);
    const infoBefore = agreement.info;
    const waitingBefore = agreement.waiting;
    if (agreement.hash === undefined && this.#waiting >= WAITING_MAX) return;
    const outcome = agreement.claim(member, hash, bytes, this.#agreementNeeded);
    this.#waiting += agreement.waiting - waitingBefore;
    if (member.kind === 'swarm') {
      if (outcome.kind === 'waits') member.waiting.add(index);
      else if (outcome.kind === 'differs') member.agreeing.delete(index);
    }
    if (outcome.kind === 'agrees') this.#onAgreeing(member, index);
    if (outcome.kind === 'decides') for (const winner of outcome.winners) this.#onAgreeing(winner, index);
    const info = agreement.info;
    if (infoBefore === undefined && info !== undefined) this.#agreed.push({ index, ...info });
  }

  #onAgreeing(member: Member, index: number): void {
    if (member.kind === 'spec') return this.#pool.add(member);
    member.waiting.delete(index);
    member.agreeing.add(index);
  }

  #withdraw(member: SwarmMember, index: number): void {
    member.waiting.delete(index);
    const agreement = this.#chunks.get(index)!.agreement;
    const before = agreement.waiting;
    agreement.withdraw(member);
    this.#waiting += agreement.waiting - before;
  }

  #chunk(index: number): Chunk {
    let chunk = this.#chunks.get(index);
    if (chunk === undefined) {
      chunk = { agreement: new Agreement(), specHolders: new Map() };
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
      const chunk = this.#chunks.get(index)!;
      chunk.specHolders.delete(member);
      this.#waiting -= chunk.agreement.waiting;
      chunk.agreement.withdraw(member);
      this.#waiting += chunk.agreement.waiting;
    }
    this.#specHoldings -= member.indices.size;
    this.#specMembers.delete(member.key);
    this.#pool.remove(member);
  }
}

/** The age by which a member is listed as a holder of a chunk; undefined when it is not listed. */
function listing(chunk: Chunk, index: number, member: Member, edition: Edition): number | undefined {
  if (member.kind === 'swarm') {
    return member.bits.has(index) && member.agreeing.has(index) ? member.sequence : undefined;
  }
  const holding = chunk.specHolders.get(member);
  if (holding === undefined) return undefined;
  const { hash, sequence } = holding;
  const listed = hash === undefined ? edition === 'plain' : hash === chunk.agreement.hash;
  return listed ? sequence : undefined;
}

function normal({ host, port }: Address): Address {
  return { host: sameHost(host), port };
}
