/**
 * Max-min fair rates (Bertsekas and Gallager, Data Networks, 6.5.2): no flow can have more without taking it from one
 * that has no more than it. It is what round robin over small blocks comes to at both ends of each connection.
 *
 * A link's level is the most that it leaves to any of its flows; one that is not full has none. A flow's rate is the
 * lowest level of its links. A level depends on those at the other ends only, so after a change just the links are
 * computed anew whose level it moves: the lowest level settles first, then the next one, so this ends.
 */

/** Bytes per ms; below this part of a level nothing has changed. */
const ROUNDING = 1e-10;

/** One direction of a host's access link, or of what lies between two regions. */
export class FairLink {
  /** Bytes per ms, above 0. */
  capacity: number;
  /** Bytes per ms; Infinity: every flow has what its other end lets through. */
  level = Infinity;
  readonly flows: Set<FairFlow> = new Set();
  /** It is going to be computed. */
  isDue = false;

  constructor(capacity: number) {
    this.capacity = capacity;
  }
}

/** What one connection sends; at least one of its links has a rate. */
export class FairFlow {
  readonly up: FairLink | undefined;
  readonly down: FairLink | undefined;
  /** What it shares with all others from one region to another. */
  readonly between: FairLink | undefined;
  /** Those of the three that there are. */
  readonly links: readonly FairLink[];

  constructor(up: FairLink | undefined, down: FairLink | undefined, between?: FairLink) {
    this.up = up;
    this.down = down;
    this.between = between;
    this.links = [up, down, between].filter((link) => link !== undefined);
  }

  /** Bytes per ms, by the levels as they are. */
  get fairRate(): number {
    return this.levelBeside(undefined);
  }

  /** The lowest level of its links but this one, in bytes per ms. */
  levelBeside(link: FairLink | undefined): number {
    const { up, down, between } = this;
    let level = Infinity;
    if (up !== undefined && up !== link) level = up.level;
    if (down !== undefined && down !== link && down.level < level) level = down.level;
    if (between !== undefined && between !== link && between.level < level) level = between.level;
    return level;
  }
}

/** Brings the levels into balance after these links' flows or capacities have changed. Returns links of new levels. */
export function settleRates<Link extends FairLink>(changed: Iterable<Link>): Link[] {
  const due: Link[] = [];
  const moved: Link[] = [];
  const add = (link: Link): void => {
    if (link.isDue) return;
    link.isDue = true;
    due.push(link);
  };
  for (const link of changed) add(link);
  for (let at = 0; at < due.length; at++) {
    const link = due[at]!;
    link.isDue = false;
    const before = link.level;
    const level = levelOf(link);
    if (isSame(before, level)) continue;
    link.level = level;
    moved.push(link);
    const lower = Math.min(before, level);
    for (const flow of link.flows) {
      // What leaves the flow more than another link does, before and after, is nothing to that link.
      for (const other of flow.links) if (other !== link && lower < other.level) add(other as Link);
    }
  }
  return moved;
}

function levelOf(link: FairLink): number {
  const { capacity, flows } = link;
  if (flows.size === 0) return Infinity;
  let level = capacity / flows.size;
  for (;;) {
    let left = capacity;
    let limitedHere = 0;
    for (const flow of flows) {
      const elsewhere = flow.levelBeside(link);
      if (elsewhere > level) limitedHere++;
      else left -= elsewhere;
    }
    if (limitedHere === 0) return Infinity;
    const next = left / limitedHere;
    if (next <= level * (1 + ROUNDING)) return level;
    level = next;
  }
}

function isSame(before: number, after: number): boolean {
  return before === after || Math.abs(before - after) <= ROUNDING * Math.min(before, after);
}
