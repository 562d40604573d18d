import type { FaultBegan, FaultEnded, SwarmEvent, SwarmEventType } from '../../../../core/events.ts';
import { SECOND_MS } from '../../../../core/units.ts';
import { changesOf } from '../../../network/curve.ts';
import { LinkRate } from '../../../network/link-rate.ts';
import type { PlannedPeer } from '../../../plan/plan.ts';
import { hostOf } from '../addresses.ts';
import type { PacedSide } from '../fluid/access-link.ts';
import { InvariantError, type Invariant } from './invariant.ts';
import type { RunView } from './run-view.ts';

/** What sums of times and bytes lose by rounding, and the share of it in what a link can carry. */
const ROUNDING_BYTES = 1;
const ROUNDING = 1e-6;
/** Links take a rate that moves as constant for so long. */
const MOVING_MS = 20;
/** Messages that are too small for transfers: they pass in whole milliseconds, and in the order of sending. */
const SMALL_TOLERANCE = 0.01;
const SMALL_BYTES_FREE = 4096;
const PASSED_AT_ONCE_MS = 2;

const STAYS: ReadonlySet<SwarmEventType> = new Set<SwarmEventType>([
  'peer-joined',
  'peer-left',
  'peer-crashed',
]);

/** One direction of a peer's link that has a rate. */
interface Side {
  readonly name: string;
  readonly host: string;
  readonly direction: 'up' | 'down';
  readonly rate: LinkRate;
  readonly isSteady: boolean;
  readonly factors: Map<string, number>;
  /** What the link could have carried by `untilMs`, from the beginning of the run. */
  capacityBytes: number;
  untilMs: number;
  /** The link of the present stay; what it could have carried, and had of small messages, when that was first seen. */
  link: PacedSide | undefined;
  stayCapacity: number;
  staySmall: number;
  /** At the last look. */
  atMs: number;
  served: number;
  capacity: number;
}

/**
 * Nobody sends or receives more in a span of time than its link can carry in it. The rates are those of the plan, with
 * its changes and with faults that slow a link down or speed it up. Of transfers, which are nearly everything, both is
 * exact: what the link serves from look to look, and that nothing counts that it has not served. Small messages are
 * compared over a whole stay.
 */
export class LinkRates implements Invariant {
  readonly sees = ['peer-joined', 'peer-left', 'peer-crashed', 'fault-began', 'fault-ended'] as const;
  readonly #view: RunView;
  readonly #sides: readonly Side[];
  readonly #sidesOf: ReadonlyMap<string, readonly Side[]>;
  readonly #factors: ReadonlyMap<string, number>;

  constructor(view: RunView) {
    this.#view = view;
    this.#factors = new Map(
      view.plan.faults.flatMap(({ name, effect }) =>
        effect.kind === 'slow-down' ? [[name, effect.factor] as const] : [],
      ),
    );
    this.#sides = view.plan.peers.flatMap((peer, position) =>
      (['up', 'down'] as const).flatMap((direction) => this.#sideOf(peer, position, direction) ?? []),
    );
    const sidesOf = new Map<string, Side[]>();
    for (const side of this.#sides) sidesOf.set(side.name, [...(sidesOf.get(side.name) ?? []), side]);
    this.#sidesOf = sidesOf;
  }

  see(event: SwarmEvent): void {
    if (STAYS.has(event.type)) for (const side of this.#sidesOf.get(event.peer) ?? []) side.link = undefined;
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

  #sideOf(peer: PlannedPeer, position: number, direction: 'up' | 'down'): Side | undefined {
    const key = direction === 'up' ? 'upBytesPerSec' : 'downBytesPerSec';
    const bytesPerSec = peer.link[key];
    if (bytesPerSec === null) return undefined;
    const changes = changesOf(peer.link, key);
    return {
      name: peer.name,
      host: hostOf(position),
      direction,
      rate: new LinkRate(bytesPerSec, changes),
      isSteady: changes.length === 0 && this.#factors.size === 0,
      factors: new Map(),
      capacityBytes: 0,
      untilMs: 0,
      link: undefined,
      stayCapacity: 0,
      staySmall: 0,
      atMs: 0,
      served: 0,
      capacity: 0,
    };
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
    const link = this.#view.network.linkOf(side.host)?.access[side.direction];
    if (link === undefined) return;
    advance(side, nowMs);
    const served = link.link.servedBytes(nowMs);
    if (link === side.link) checkServed(side, served, nowMs);
    else {
      side.stayCapacity = side.capacityBytes;
      side.staySmall = link.smallBytes;
    }
    if (link.transferBytes > served * (1 + ROUNDING) + ROUNDING_BYTES) {
      throw broken(side, nowMs, `${Math.round(link.transferBytes)} bytes have come of ${Math.round(served)}`);
    }
    if (side.isSteady && link === side.link) checkSmall(side, link, nowMs);
    side.link = link;
    side.atMs = nowMs;
    side.served = served;
    side.capacity = side.capacityBytes;
  }
}

function checkServed(side: Side, served: number, nowMs: number): void {
  const bytes = served - side.served;
  const { rate, atMs } = side;
  const isMoving = [atMs, nowMs].some((ms) => isMovingAt(rate, ms) || isMovingAt(rate, ms - MOVING_MS));
  const movingBytes = isMoving ? (rate.bytesPerSecAt(nowMs) * MOVING_MS) / SECOND_MS : 0;
  const most = side.capacityBytes - side.capacity;
  if (bytes <= most * (1 + ROUNDING) + ROUNDING_BYTES + movingBytes) return;
  const lastSec = ((nowMs - atMs) / SECOND_MS).toFixed(3);
  throw broken(
    side,
    nowMs,
    `${Math.round(bytes)} bytes in the last ${lastSec} s, of at most ${Math.round(most)}`,
  );
}

function isMovingAt(rate: LinkRate, ms: number): boolean {
  return ms >= 0 && rate.steadyUntilMs(ms) === ms;
}

function checkSmall(side: Side, { link, small, smallBytes }: PacedSide, nowMs: number): void {
  const atOnce = (link.rate.bytesPerSecAt(nowMs) * PASSED_AT_ONCE_MS) / SECOND_MS + SMALL_BYTES_FREE;
  const stay = side.capacityBytes - side.stayCapacity;
  const most = stay * (1 + SMALL_TOLERANCE) + small.pendingBytes(nowMs) + atOnce;
  const bytes = smallBytes - side.staySmall;
  if (bytes <= most) return;
  const found = `${Math.round(bytes)} bytes of small messages in this stay, of at most ${Math.round(most)}`;
  throw broken(side, nowMs, found);
}

function advance(side: Side, toMs: number): void {
  side.capacityBytes += side.rate.bytesBetween(side.untilMs, toMs);
  side.untilMs = toMs;
}

function broken({ name, direction }: Side, atMs: number, found: string): InvariantError {
  const invariant =
    direction === 'up' ? 'nobody uploads more than its rate allows' : 'nobody downloads faster than its link';
  return new InvariantError({ invariant, atMs, peers: [name], found });
}
