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
  | { readonly kind: 'leave'; readonly port: number };

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
);

/** The registry said again, with lists that are searched from end to end. */
class NaiveRegistry {
  readonly #needed: number;
  #time = 0;
  /** Every claim that stands, by holder and chunk. */
  #claims: { port: number; index: number; hash?: string; bytes?: number; time: number; swarm: boolean }[] =
    [];
  readonly #agreed = new Map<number, { hash: string; bytes?: number }>();
  readonly #swarm = new Map<number, { time: number; held: readonly number[] }>();

  constructor(needed: number) {
    this.#needed = needed;
  }

  apply(action: Action): void {
    const now = this.#time++;
    if (action.kind === 'spec') {
      if (this.#swarm.has(action.port)) return;
      const before = this.#claimOf(action.port, action.index);
      if (before && (action.hash === undefined || action.hash === before.hash)) return;
      this.#put({ port: action.port, index: action.index, hash: action.hash, time: now, swarm: false });
    } else if (action.kind === 'leave') {
      if (!this.#swarm.delete(action.port)) return;
      this.#claims = this.#claims.filter((claim) => claim.port !== action.port);
    } else {
      if (!this.#swarm.has(action.port))
        this.#claims = this.#claims.filter((claim) => claim.port !== action.port);
      this.#swarm.set(action.port, { time: this.#swarm.get(action.port)?.time ?? now, held: action.held });
      // A claim that still waits is void when the chunk is no longer held.
      this.#claims = this.#claims.filter((claim) => {
        return (
          claim.port !== action.port || action.held.includes(claim.index) || this.#agreed.has(claim.index)
        );
      });
      for (const { index: i, letter: l, bytes } of action.claims) {
        if (!action.held.includes(i)) continue;
        this.#put({ port: action.port, index: i, hash: hash(l), bytes, time: now, swarm: true });
      }
    }
  }

  #claimOf(ofPort: number, ofIndex: number) {
    return this.#claims.find((claim) => claim.port === ofPort && claim.index === ofIndex);
  }

  #put(claim: {
    port: number;
    index: number;
    hash?: string;
    bytes?: number;
    time: number;
    swarm: boolean;
  }): void {
    this.#claims = this.#claims.filter((old) => old.port !== claim.port || old.index !== claim.index);
    this.#claims.push(claim);
    const agreed = this.#agreed.get(claim.index);
    if (claim.hash === undefined) return;
    if (agreed) {
      if (agreed.hash === claim.hash) agreed.bytes ??= claim.bytes;
      return;
    }
    const alike = this.#claims.filter((other) => other.index === claim.index && other.hash === claim.hash);
    // The size with the most claims, the earlier one where two have as many.
    const sizes = alike.flatMap((other) => other.bytes ?? []);
    const count = (size: number) => sizes.filter((other) => other === size).length;
    const most = Math.max(...sizes.map(count));
    const size = claim.bytes ?? sizes.find((s) => count(s) === most);
    if (alike.filter((other) => other.bytes === undefined || other.bytes === size).length >= this.#needed) {
      this.#agreed.set(claim.index, { hash: claim.hash, ...(size === undefined ? {} : { bytes: size }) });
    }
  }

  locate(ofIndex: number, edition: 'plain' | 'hashed'): number[] {
    const agreed = this.#agreed.get(ofIndex);
    if (edition === 'hashed' && !agreed) return [];
    return this.#claims
      .filter((claim) => claim.index === ofIndex)
      .filter((claim) => {
        if (claim.hash === undefined) return edition === 'plain';
        if (claim.swarm && !this.#swarm.get(claim.port)!.held.includes(ofIndex)) return false;
        if (claim.hash !== agreed?.hash) return false;
        return claim.bytes === undefined || claim.bytes === agreed.bytes;
      })
      .sort((one, other) => this.#age(one) - this.#age(other))
      .map((claim) => claim.port);
  }

  #age(claim: { port: number; time: number; swarm: boolean }): number {
    return claim.swarm ? this.#swarm.get(claim.port)!.time : claim.time;
  }

  agreed(): Record<number, string> {
    return Object.fromEntries(
      [...this.#agreed].flatMap(([i, { hash: h, bytes }]) =>
        bytes === undefined ? [] : [[i, `${h}/${bytes}`]],
      ),
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
        // The file's size is known from a peer that does not come again.
        registry.leave(registry.join(at(9), TOTAL)!);
        for (const step of actions) {
          model.apply(step);
          if (step.kind === 'spec')
            expect(registry.announceSpec(step.index, step.hash, at(step.port))).toBe(true);
          else if (step.kind === 'leave') {
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
        const located = registry.locate(i, edition)?.others.map((holder) => holder.port) ?? [];
        expect(located, `${edition} ${i}`).toEqual(model.locate(i, edition));
      }
    }
    const agreed = registry.agreedFrom(0, 100).map(({ index: i, hash: h, bytes }) => [i, `${h}/${bytes}`]);
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
    expect(registry.locate(1, 'plain')).toEqual({ others: [at(1)], askerHolds: false });
    expect(registry.locate(1, 'plain', at(1))).toEqual({ others: [], askerHolds: true });
  });

  test('lists no more than its limit, spec clients and swarm peers by age', () => {
    const registry = registryOf(1);
    const full = new ChunkSet(TOTAL);
    full.add(1);
    for (let p = 1; p <= 400; p++) {
      if (p % 2 === 0) registry.announceSpec(1, hash('a'), at(p));
      else registry.update(registry.join(at(p), TOTAL)!, full, [{ index: 1, hash: hash('a'), bytes: 1 }]);
    }
    const holders = registry.locate(1, 'plain', at(3))!.others.map((holder) => holder.port);
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
    expect(registry.totalChunks + registry.agreedChunks + registry.swarmPeers + registry.specClients).toBe(0);
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
