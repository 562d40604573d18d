import type { FaultBegan, FaultEnded, SwarmEvent, SwarmEventType } from '../../../../core/events.ts';
import { SECOND_MS } from '../../../../core/units.ts';
import { changesOf } from '../../../network/curve.ts';
import { LinkRate } from '../../../network/link-rate.ts';
import type { PlannedPeer } from '../../../plan/plan.ts';
import { hostOf } from '../addresses.ts';
import type { FluidLink } from '../fluid/fluid-link.ts';
import { InvariantError, type Invariant } from './invariant.ts';
import type { RunView } from './run-view.ts';

/** Rounding, and the small messages: a link passes them on at once, and serves them in the next transfer or never. */
const TOLERANCE = 0.01;
const SMALL_MESSAGES_BYTES = 4096;
const PASSED_AT_ONCE_MS = 2;
/** The time from which is counted moves on after so many looks at most often. */
const LOOKS_BETWEEN_STARTS = 32;

const STAYS: ReadonlySet<SwarmEventType> = new Set<SwarmEventType>([
  'peer-joined',
  'peer-left',
  'peer-crashed',
]);

/** One direction of a peer's link that has a rate. */
interface Side {
  readonly name: string;
  readonly position: number;
  readonly direction: 'up' | 'down';
  readonly rate: LinkRate;
  readonly factors: Map<string, number>;
  /** What the link could have carried by `untilMs`, from the beginning of the run. */
  capacityBytes: number;
  untilMs: number;
  /** From when it is counted: what was carried by then, could have been, and was already on its way. */
  start: {
    readonly atMs: number;
    readonly carried: number;
    readonly capacity: number;
    readonly coming: number;
  };
  looks: number;
}

/**
 * Nobody sends or receives more in a span of time than its link can carry in it, and what was on its way before. The
 * rates are those of the plan, with its changes and with faults that slow a link down or speed it up.
 */
export class LinkRates implements Invariant {
  readonly sees = ['peer-joined', 'peer-left', 'peer-crashed', 'fault-began', 'fault-ended'] as const;
  readonly #view: RunView;
  readonly #sides: readonly Side[];
  readonly #sidesOf: ReadonlyMap<string, readonly Side[]>;
  readonly #factors: ReadonlyMap<string, number>;
  readonly #looksBetweenStarts: number;

  constructor(view: RunView, { thorough }: { readonly thorough: boolean }) {
    this.#view = view;
    this.#looksBetweenStarts = thorough ? 1 : LOOKS_BETWEEN_STARTS;
    this.#sides = view.plan.peers.flatMap((peer, position) =>
      (['up', 'down'] as const).flatMap((direction) => sideOf(peer, position, direction) ?? []),
    );
    const sidesOf = new Map<string, Side[]>();
    for (const side of this.#sides) sidesOf.set(side.name, [...(sidesOf.get(side.name) ?? []), side]);
    this.#sidesOf = sidesOf;
    this.#factors = new Map(
      view.plan.faults.flatMap(({ name, effect }) =>
        effect.kind === 'slow-down' ? [[name, effect.factor] as const] : [],
      ),
    );
  }

  see(event: SwarmEvent): void {
    if (STAYS.has(event.type)) return this.#startAnew(event);
    if (event.type !== 'fault-began' && event.type !== 'fault-ended') return;
    const factor = this.#factors.get(event.fault);
    if (factor !== undefined) this.#slow(event, factor);
  }

  look(nowMs: number): void {
    for (const side of this.#sides) this.#check(side, nowMs);
  }

  end(nowMs: number): void {
    this.look(nowMs);
  }

  /** What a link had under way ends with the stay. */
  #startAnew({ peer, atMs }: SwarmEvent): void {
    for (const side of this.#sidesOf.get(peer) ?? []) {
      advance(side, atMs);
      side.start = { atMs, carried: this.#carried(side), capacity: side.capacityBytes, coming: 0 };
    }
  }

  #carried({ position, direction }: Side): number {
    const { bytesPacedUp, bytesPacedDown } = this.#view.counters[position]!;
    return direction === 'up' ? bytesPacedUp : bytesPacedDown;
  }

  #slow(event: FaultBegan | FaultEnded, factor: number): void {
    const { fault } = event;
    const targets = this.#view.plan.faults.find(({ name }) => name === fault)!.effect;
    const names = 'peers' in targets ? targets.peers : [];
    const key = `${fault}/${event.occurrence}`;
    for (const side of this.#sides.filter(({ name }) => names.includes(name))) {
      advance(side, event.atMs);
      if (event.type === 'fault-began') side.factors.set(key, factor);
      else side.factors.delete(key);
      side.rate.factor = [...side.factors.values()].reduce((product, one) => product * one, 1);
    }
  }

  #check(side: Side, nowMs: number): void {
    advance(side, nowMs);
    side.looks++;
    const { start, position, direction, rate } = side;
    const carried = this.#carried(side);
    const spanCarried = carried - start.carried;
    const spanCapacity = (side.capacityBytes - start.capacity) * (1 + TOLERANCE) + start.coming;
    const mayStartAnew = side.looks % this.#looksBetweenStarts === 0;
    if (spanCarried <= spanCapacity && !mayStartAnew) return;
    const link = this.#view.network.linkOf(hostOf(position));
    const atOnce = (rate.bytesPerSecAt(nowMs) * PASSED_AT_ONCE_MS) / SECOND_MS + SMALL_MESSAGES_BYTES;
    const mostCarried = spanCapacity + pendingBytes(link, direction, nowMs) + atOnce;
    if (spanCarried > mostCarried) throw broken(side, nowMs, spanCarried, mostCarried);
    const coming = comingBytes(link, direction);
    if (!mayStartAnew || spanCapacity - spanCarried <= coming) return;
    side.start = { atMs: nowMs, carried, capacity: side.capacityBytes, coming };
  }
}

function sideOf(peer: PlannedPeer, position: number, direction: 'up' | 'down'): Side | undefined {
  const key = direction === 'up' ? 'upBytesPerSec' : 'downBytesPerSec';
  const bytesPerSec = peer.link[key];
  if (bytesPerSec === null) return undefined;
  return {
    name: peer.name,
    position,
    direction,
    rate: new LinkRate(bytesPerSec, changesOf(peer.link, key)),
    factors: new Map(),
    capacityBytes: 0,
    untilMs: 0,
    start: { atMs: 0, carried: 0, capacity: 0, coming: 0 },
    looks: 0,
  };
}

function advance(side: Side, toMs: number): void {
  side.capacityBytes += side.rate.bytesBetween(side.untilMs, toMs);
  side.untilMs = toMs;
}

/** What may count as carried from now on, though the link has carried some of it before. */
function comingBytes(link: FluidLink | undefined, direction: 'up' | 'down'): number {
  let bytes = 0;
  for (const { bufferedBytes, other } of link?.connections ?? []) {
    bytes += direction === 'up' ? bufferedBytes : (other?.underWayBytes ?? 0);
  }
  return bytes;
}

/** What counts as carried, though the link may carry some of it later. */
function pendingBytes(link: FluidLink | undefined, direction: 'up' | 'down', nowMs: number): number {
  return link?.access[direction]?.small.pendingBytes(nowMs) ?? 0;
}

function broken(side: Side, nowMs: number, carried: number, most: number): InvariantError {
  const { name, direction, start } = side;
  const invariant =
    direction === 'up' ? 'nobody uploads more than its rate allows' : 'nobody downloads faster than its link';
  const sinceSec = ((nowMs - start.atMs) / SECOND_MS).toFixed(3);
  return new InvariantError({
    invariant,
    atMs: nowMs,
    peers: [name],
    found: `${Math.round(carried)} bytes in the last ${sinceSec} s, of at most ${Math.round(most)}`,
  });
}
