import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ChunkSet } from '../chunk-set.ts';
import { seededRandom } from '../random.ts';
import { Agreement } from './agreement.ts';
import { LISTED_HOLDERS_MAX, SPEC_CLIENTS_MAX, TRACKED_CHUNKS_MAX, WAITING_PER_CHUNK_MAX } from './limits.ts';
import { Pool } from './pool.ts';
import { Registry, type SwarmMember } from './registry.ts';

const TOTAL = 4;
const at = (port: number) => ({ host: 'localhost', port });
const hash = (letter: string) => letter.repeat(40);
const registryOf = (agreement: number) => new Registry({ random: seededRandom('registry') }, { agreement });

type Action =
  | { readonly kind: 'spec'; readonly port: number; readonly index: number; readonly hash?: string }
  | {
      readonly kind: 'swarm';
      readonly port: number;
      readonly held: readonly number[];
      readonly claims: readonly { readonly index: number; readonly letter: string; readonly bytes: number }[];
    }
  | { readonly kind: 'leave'; readonly port: number }
  | { readonly kind: 'hang-up'; readonly port: number };

const port = fc.integer({ min: 1, max: 6 });
const index = fc.integer({ min: 1, max: TOTAL });
const letter = fc.constantFrom('a', 'b');
const action: fc.Arbitrary<Action> = fc.oneof(
  fc.record(
    { kind: fc.constant('spec' as const), port, index, hash: letter.map(hash) },
    { requiredKeys: ['kind', 'port', 'index'] },
  ),
  fc.record({
    kind: fc.constant('swarm' as const),
    port,
    held: fc.uniqueArray(index),
    claims: fc.array(fc.record({ index, letter, bytes: fc.constantFrom(1, 2) }), { maxLength: 4 }),
  }),
  fc.record({ kind: fc.constant('leave' as const), port }),
  fc.record({ kind: fc.constant('hang-up' as const), port }),
);

interface ModelClaim {
  readonly port: number;
  readonly index: number;
  readonly hash: string | undefined;
  readonly bytes: number | undefined;
  readonly time: number;
  readonly swarm: boolean;
  /** Of something else than what is agreed on. */
  waits: boolean;
  /** When it was made last. */
  made: number;
}

/** The registry said again, with lists that are searched from end to end. */
class NaiveRegistry {
  readonly #needed: number;
  #time = 0;
  #count = 0;
  /** Every claim that stands, by holder and chunk. */
  #claims: ModelClaim[] = [];
  /** `claimed`: when somebody claimed it last. */
  readonly #agreed = new Map<number, { hash: string; bytes?: number; claimed: number }>();
  readonly #swarm = new Map<number, { time: number; held: readonly number[] }>();
  /** Over an open connection. */
  readonly #said = new Set<ModelClaim>();

  constructor(needed: number) {
    this.#needed = needed;
  }

  apply(action: Action): void {
    const now = this.#time++;
    if (action.kind === 'spec') this.#announce(action.port, action.index, action.hash, now);
    else if (action.kind === 'hang-up') {
      for (const claim of [...this.#said]) if (claim.port === action.port) this.#said.delete(claim);
    } else if (action.kind === 'leave') {
      if (this.#swarm.delete(action.port)) this.#forget((claim) => claim.port === action.port);
    } else {
      if (!this.#swarm.has(action.port)) this.#forget((claim) => claim.port === action.port);
      this.#swarm.set(action.port, { time: this.#swarm.get(action.port)?.time ?? now, held: action.held });
      // A claim that waits is void when the chunk is no longer held.
      this.#forget(
        (claim) => claim.port === action.port && claim.waits && !action.held.includes(claim.index),
      );
      for (const { index: i, letter: l, bytes } of action.claims) {
        if (!action.held.includes(i)) continue;
        this.#replace(action.port, i);
        const about = { port: action.port, index: i, hash: hash(l), bytes, time: now };
        this.#make({ ...about, swarm: true, waits: true, made: 0 });
      }
    }
    for (let i = 1; i <= TOTAL; i++) this.#review(i);
  }

  #announce(ofPort: number, ofIndex: number, ofHash: string | undefined, now: number): void {
    if (this.#swarm.has(ofPort)) return;
    const before = this.#claims.find((claim) => claim.port === ofPort && claim.index === ofIndex);
    if (before && (ofHash === undefined || ofHash === before.hash)) {
      this.#said.add(before);
      if (before.hash !== undefined) this.#decide(before);
      return;
    }
    this.#replace(ofPort, ofIndex);
    const about = { port: ofPort, index: ofIndex, hash: ofHash, bytes: undefined, time: now };
    const claim = { ...about, swarm: false, waits: ofHash !== undefined, made: 0 };
    this.#said.add(claim);
    this.#make(claim);
  }

  #forget(which: (claim: ModelClaim) => boolean): void {
    for (const claim of this.#claims.filter(which)) this.#said.delete(claim);
    this.#claims = this.#claims.filter((claim) => !which(claim));
    for (let i = 1; i <= TOTAL; i++) this.#review(i);
  }

  /** What follows is the holder's claim instead. */
  #replace(ofPort: number, ofIndex: number): void {
    this.#claims = this.#claims.filter((claim) => claim.port !== ofPort || claim.index !== ofIndex);
  }

  #make(claim: ModelClaim): void {
    this.#claims.push(claim);
    if (claim.hash !== undefined) this.#decide(claim);
  }

  #decide(claim: ModelClaim): void {
    claim.made = this.#count++;
    const agreed = this.#agreed.get(claim.index);
    claim.waits = true;
    if (agreed === undefined) this.#win(claim.index, claim.hash!, () => true);
    else if (
      agreed.hash === claim.hash &&
      (claim.bytes === undefined || (agreed.bytes ??= claim.bytes) === claim.bytes)
    ) {
      claim.waits = false;
      agreed.claimed = claim.made;
    }
    this.#review(claim.index);
  }

  /** What nobody who is there claims any more gives way. */
  #review(ofIndex: number): void {
    const agreed = this.#agreed.get(ofIndex);
    if (agreed === undefined) return;
    const here = this.#claims.filter((claim) => claim.index === ofIndex);
    const isThere = (claim: ModelClaim): boolean => claim.swarm || this.#said.has(claim);
    if (here.some((c) => isThere(c) && c.hash === agreed.hash && (!c.swarm || !c.waits))) return;
    const counts = (claim: ModelClaim): boolean => isThere(claim) || claim.made > agreed.claimed;
    const waiting = here.filter((claim) => claim.waits && counts(claim)).sort((a, b) => a.made - b.made);
    for (const claim of waiting) if (this.#win(ofIndex, claim.hash!, counts)) return;
  }

  #win(ofIndex: number, ofHash: string, counts: (claim: ModelClaim) => boolean): boolean {
    const alike = this.#claims
      .filter((c) => c.index === ofIndex && c.waits && c.hash === ofHash && counts(c))
      .sort((a, b) => a.made - b.made);
    // The size of the newest; else the one with the most claims, the earlier one where two have as many.
    const sizes = alike.flatMap((other) => other.bytes ?? []);
    const count = (size: number) => sizes.filter((other) => other === size).length;
    const most = Math.max(...sizes.map(count));
    const size = alike.at(-1)?.bytes ?? sizes.find((each) => count(each) === most);
    const winners = alike.filter((other) => other.bytes === undefined || other.bytes === size);
    if (winners.length < this.#needed) return false;
    for (const winner of winners) winner.waits = false;
    const bytes = size === undefined ? {} : { bytes: size };
    this.#agreed.set(ofIndex, { hash: ofHash, ...bytes, claimed: this.#count - 1 });
    return true;
  }

  locate(ofIndex: number, edition: 'plain' | 'hashed'): number[] {
    const agreed = this.#agreed.get(ofIndex);
    if (edition === 'hashed' && !agreed) return [];
    return this.#claims
      .filter((claim) => claim.index === ofIndex)
      .filter((claim) => {
        if (claim.hash === undefined) return edition === 'plain';
        if (claim.swarm) return !claim.waits && this.#swarm.get(claim.port)!.held.includes(ofIndex);
        return claim.hash === agreed?.hash;
      })
      .sort((one, other) => this.#rank(one) - this.#rank(other) || this.#age(one) - this.#age(other))
      .map((claim) => claim.port);
  }

  #rank(claim: ModelClaim): number {
    return claim.swarm || this.#said.has(claim) ? 0 : 1;
  }

  #age(claim: ModelClaim): number {
    return claim.swarm ? this.#swarm.get(claim.port)!.time : claim.time;
  }

  /** What is agreed on with its size and not in question. */
  agreed(): Record<number, string> {
    return Object.fromEntries(
      [...this.#agreed].flatMap(([i, { hash: h, bytes }]) => {
        const here = this.#claims.filter((claim) => claim.index === i);
        const isSupported = here.some((c) => (c.swarm ? !c.waits : c.hash === h && this.#said.has(c)));
        const isInQuestion = !isSupported && here.some((claim) => claim.waits);
        return bytes === undefined || isInQuestion ? [] : [[i, `${h}/${bytes}`]];
      }),
    );
  }

  swarmPorts(): number[] {
    return [...this.#swarm.keys()];
  }

  /** Spec holders and the chunks they may be asked for. */
  specOffers(): Record<number, number[]> {
    const offers: Record<number, number[]> = {};
    for (const claim of this.#claims) {
      const agreed = this.#agreed.get(claim.index);
      if (claim.swarm || (claim.hash !== undefined && claim.hash !== agreed?.hash)) continue;
      (offers[claim.port] ??= []).push(claim.index);
    }
    for (const indices of Object.values(offers)) indices.sort((a, b) => a - b);
    return offers;
  }
}

describe('registry', () => {
  test.each([1, 2, 3])('does what the naive model does, with an agreement of %i', (needed) => {
    fc.assert(
      fc.property(fc.array(action, { maxLength: 40 }), (actions) => {
        const [registry, model] = [registryOf(needed), new NaiveRegistry(needed)];
        const members = new Map<number, SwarmMember>();
        const speakers = new Map<number, object>();
        const speaker = (ofPort: number): object => {
          if (!speakers.has(ofPort)) speakers.set(ofPort, {});
          return speakers.get(ofPort)!;
        };
        // The file's size is known from a peer that does not come again.
        registry.leave(registry.join(at(9), TOTAL)!);
        for (const step of actions) {
          model.apply(step);
          if (step.kind === 'spec')
            expect(registry.announceSpec(step.index, step.hash, at(step.port), speaker(step.port))).toBe(
              true,
            );
          else if (step.kind === 'hang-up') {
            registry.hangUp(speaker(step.port));
            speakers.delete(step.port);
          } else if (step.kind === 'leave') {
            const member = members.get(step.port);
            if (member) registry.leave(member);
            members.delete(step.port);
          } else {
            const member = members.get(step.port) ?? registry.join(at(step.port), TOTAL)!;
            members.set(step.port, member);
            const bits = new ChunkSet(TOTAL);
            for (const i of step.held) bits.add(i);
            const claims = step.claims.map(({ index: i, letter: l, bytes }) => ({
              index: i,
              hash: hash(l),
              bytes,
            }));
            registry.update(member, bits, claims);
          }
          compare(registry, model);
        }
      }),
      { numRuns: 300 },
    );
  });

  function compare(registry: Registry, model: NaiveRegistry): void {
    for (const edition of ['plain', 'hashed'] as const) {
      for (let i = 1; i <= TOTAL; i++) {
        const located = registry.locate(i, edition)?.holders.map((holder) => holder.port) ?? [];
        expect(located, `${edition} ${i}`).toEqual(model.locate(i, edition));
      }
    }
    const agreed = registry
      .agreedFrom(0, 100)
      .claims.map(({ index: i, hash: h, bytes }) => [i, `${h}/${bytes}`]);
    expect(Object.fromEntries(agreed)).toEqual(model.agreed());
    const sampled = registry.sample(100, at(99));
    const swarm = sampled.filter(({ protocol }) => protocol === 'swarm').map(({ address }) => address.port);
    expect(swarm.sort()).toEqual(model.swarmPorts().sort());
    const spec = sampled.filter(({ protocol }) => protocol === 'spec');
    const offers = spec.map(({ address, bits }) => [address.port, [...ChunkSet.fromBits(bits!, TOTAL)!]]);
    expect(Object.fromEntries(offers)).toEqual(model.specOffers());
  }

  test('a chunk that is lost and held again needs no new claim', () => {
    const registry = registryOf(1);
    const member = registry.join(at(1), TOTAL)!;
    const [full, none] = [new ChunkSet(TOTAL), new ChunkSet(TOTAL)];
    full.add(1);
    registry.update(member, full, [{ index: 1, hash: hash('a'), bytes: 1 }]);
    registry.update(member, none, []);
    expect(registry.locate(1, 'plain')).toBeUndefined();
    registry.update(member, full, []);
    expect(registry.locate(1, 'plain')).toEqual({ holders: [at(1)] });
    expect(registry.locate(1, 'plain', at(1))).toBeUndefined();
  });

  test('lists no more than its limit, spec clients and swarm peers by age', () => {
    const registry = registryOf(1);
    const full = new ChunkSet(TOTAL);
    const speaker = {};
    full.add(1);
    for (let p = 1; p <= 400; p++) {
      if (p % 2 === 0) registry.announceSpec(1, hash('a'), at(p), speaker);
      else registry.update(registry.join(at(p), TOTAL)!, full, [{ index: 1, hash: hash('a'), bytes: 1 }]);
    }
    const holders = registry.locate(1, 'plain', at(3))!.holders.map((holder) => holder.port);
    expect(holders).toHaveLength(LISTED_HOLDERS_MAX);
    expect(holders.slice(0, 4)).toEqual([1, 2, 4, 5]);
    expect(holders).toEqual([...holders].sort((a, b) => a - b));
  });

  test('ignores what is beyond its limits', () => {
    const registry = registryOf(1);
    expect(registry.announceSpec(TRACKED_CHUNKS_MAX, undefined, at(1))).toBe(true);
    expect(registry.announceSpec(TRACKED_CHUNKS_MAX + 1, undefined, at(1))).toBe(false);
    expect(registry.announceSpec(0, undefined, at(1))).toBe(false);
    for (let p = 2; p <= SPEC_CLIENTS_MAX; p++) registry.announceSpec(1, undefined, at(p));
    expect(registry.specClients).toBe(SPEC_CLIENTS_MAX);
    expect(registry.announceSpec(2, undefined, at(60_000))).toBe(false);
    expect(registry.announceSpec(2, undefined, at(1))).toBe(true);
  });

  test('takes fewer peers when their bitfields are large', () => {
    const registry = registryOf(1);
    let joined = 0;
    while (joined < 5000 && registry.join(at(joined + 1), TRACKED_CHUNKS_MAX) !== undefined) joined++;
    expect(joined).toBe(2048);
  });

  test('is empty after a reset', () => {
    const registry = registryOf(1);
    const full = new ChunkSet(TOTAL);
    full.add(1);
    registry.update(registry.join(at(1), TOTAL)!, full, [{ index: 1, hash: hash('a'), bytes: 1 }]);
    registry.announceSpec(2, undefined, at(2));
    registry.reset();
    expect(registry.totalChunks + registry.agreedEnd + registry.swarmPeers + registry.specClients).toBe(0);
    expect(registry.locate(1, 'plain')).toBeUndefined();
    expect(registry.join(at(3), 7)).toBeDefined();
    expect(registry.sample(10, at(9))).toHaveLength(1);
  });
});

describe('agreement', () => {
  test('keeps a bounded number of claims that nobody else makes', () => {
    const agreement = new Agreement<number>();
    for (let who = 0; who < WAITING_PER_CHUNK_MAX + 50; who++) agreement.claim(who, hash(String(who)), 1, 2);
    expect(agreement.waiting).toBe(WAITING_PER_CHUNK_MAX);
    expect(agreement.claim(-1, hash('1049'), 1, 2)).toEqual({ kind: 'decides', winners: [1049, -1] });
  });

  test('needs the same size where sizes are told', () => {
    const agreement = new Agreement<string>();
    expect(agreement.claim('liar', 'h', 9, 2).kind).toBe('waits');
    expect(agreement.claim('first', 'h', 5, 2).kind).toBe('waits');
    expect(agreement.claim('second', 'h', 5, 2)).toEqual({ kind: 'decides', winners: ['first', 'second'] });
    expect(agreement.claim('liar', 'h', 9, 2).kind).toBe('differs');
    expect(agreement.info).toEqual({ hash: 'h', bytes: 5 });
  });
});

describe('pool', () => {
  test('draws each member once, whatever was added and removed', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(15), fc.boolean())), fc.string(), (steps, seed) => {
        const members = Array.from({ length: 16 }, () => ({ poolAt: -1 }));
        const [pool, model] = [new Pool<{ poolAt: number }>(), new Set<object>()];
        for (const [who, add] of steps) {
          const member = members[who]!;
          if (add) pool.add(member);
          else pool.remove(member);
          if (add) model.add(member);
          else model.delete(member);
        }
        const drawn = [...pool.draw(seededRandom(seed))];
        expect(drawn).toHaveLength(model.size);
        expect(new Set(drawn)).toEqual(model);
      }),
    );
  });
});
