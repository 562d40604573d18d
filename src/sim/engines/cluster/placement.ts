/** Which peers live on which host of a cluster. */
import { ConfigError } from '../../../core/errors.ts';
import { TRACKER } from '../../faults/occurrence.ts';
import type { Plan, PlannedLink } from '../../plan/plan.ts';
import type { PartOfRun } from '../threads/part-of-run.ts';
import type { HostInfo } from './host-link.ts';

/** A host and the positions of its peers in the plan: at least one. */
export interface Placed<Host> {
  readonly host: Host;
  readonly peers: readonly number[];
}

/** A thread a peer, as many as the threads engine gives a core. */
const PEERS_PER_CORE = 32;

/**
 * Which peers live on which host. The tracker lives on the first one: that is the first of those whose peers are on its
 * side in each partition. Hosts without peers are left out.
 *
 * `spread`: peer after peer, each on the next host; those whom others have to tell apart get hosts of their own, as many
 * as their share of the peers, if there are enough hosts. `pack`: the first host is filled with 32 peers for each of its
 * cores, then the next; what is left when all are full is spread. `region`: a host for each region, in the order of
 * the regions.
 *
 * @param hosts at least one; which is which follows from the order, so sort them
 * @throws {ConfigError} `region` with peers of no region, or with fewer hosts than regions; peers that others have to
 *   tell apart on one host
 */
export function placeOn<Host extends { readonly info: HostInfo }>(
  plan: Plan,
  hosts: readonly Host[],
): readonly Placed<Host>[] {
  const bins: number[][] = hosts.map(() => []);
  const policy = plan.engine.placement ?? 'spread';
  if (policy === 'region') placeByRegion(plan, bins);
  else if (policy === 'pack')
    pack(
      plan,
      hosts.map(({ info }) => info.cores * PEERS_PER_CORE),
      bins,
    );
  else spreadApart(plan, bins);
  const placed = hosts
    .map((host, at) => ({ host, peers: bins[at]! }))
    .filter(({ peers }) => peers.length > 0);
  requireTellable(plan, placed);
  const home = placed[trackerHome(plan, placed)]!;
  return [home, ...placed.filter((one) => one !== home)];
}

/** @param isFirst whether it is the first of those that `placeOn` gives */
export function partOfHost(
  plan: Plan,
  { peers }: Pick<Placed<unknown>, 'peers'>,
  isFirst: boolean,
): PartOfRun {
  return {
    peersElsewhere: plan.peers.length - peers.length,
    hasTracker: isFirst,
    sharesAddress: true,
  };
}

function spread(positions: Iterable<number>, placed: readonly number[][]): void {
  let next = 0;
  for (const position of positions) placed[next++ % placed.length]!.push(position);
}

/** Each kind of peers that others tell apart on hosts of its own. */
function spreadApart(plan: Plan, bins: readonly number[][]): void {
  const kinds = new Map<string, number[]>();
  for (const [position, { name, link }] of plan.peers.entries()) {
    const sides = partitionsOf(plan).map(({ sideOf }) => sideOf(name));
    const kind = JSON.stringify([facesMatter(plan) ? faceOf(link) : null, sides]);
    kinds.set(kind, [...(kinds.get(kind) ?? []), position]);
  }
  if (kinds.size === 1 || kinds.size > bins.length) return spread(plan.peers.keys(), bins);
  const shares = [...kinds.values()].map((peers) => ({ peers, hosts: 1 }));
  for (let left = bins.length - shares.length; left > 0; left--) {
    const fullest = shares.reduce((most, one) =>
      one.peers.length / one.hosts > most.peers.length / most.hosts ? one : most,
    );
    fullest.hosts++;
  }
  let first = 0;
  for (const { peers, hosts } of shares) {
    spread(peers, bins.slice(first, first + hosts));
    first += hosts;
  }
}

function pack({ peers }: Plan, room: readonly number[], placed: readonly number[][]): void {
  const rest: number[] = [];
  let at = 0;
  for (const position of peers.keys()) {
    while (at < room.length && placed[at]!.length >= room[at]!) at++;
    if (at < room.length) placed[at]!.push(position);
    else rest.push(position);
  }
  spread(rest, placed);
}

function placeByRegion({ peers, regions }: Plan, placed: readonly number[][]): void {
  const homeless = peers.find(({ link }) => link.region === null);
  if (regions === null || homeless !== undefined) {
    throw new ConfigError(
      `engine.placement: region needs a region for each peer${homeless === undefined ? '' : `, and ${homeless.name} has none`}; ` +
        'set link.region, or write spread or pack',
    );
  }
  if (regions.names.length > placed.length) {
    throw new ConfigError(
      `engine.placement: region needs a host for each of ${regions.names.length} regions, and there ${placed.length === 1 ? 'is 1 host' : `are ${placed.length} hosts`}; ` +
        'start more agents, or write spread or pack',
    );
  }
  peers.forEach(({ link }, position) => placed[regions.names.indexOf(link.region!)]!.push(position));
}

/**
 * The peers of a host share its address (and agents on one machine may), so others can tell hosts apart, not the peers
 * of one. What a plan makes
 * depend on who is at the other end must be the same for all peers of a host.
 */
function requireTellable(plan: Plan, placed: readonly Placed<{ readonly info: HostInfo }>[]): void {
  const addresses = new Set(placed.map(({ host }) => host.info.address));
  for (const address of addresses) {
    const same = placed.filter(({ host }) => host.info.address === address);
    const { info } = same[0]!.host;
    const peers = same.flatMap((one) => one.peers);
    requireOneFace(plan, info, peers);
    const names = peers.map((position) => plan.peers[position]!.name);
    requireOneSide(plan, info, names);
  }
}

const HELP = 'start more agents, place them otherwise (engine.placement), or use --engine threads';

function requireOneFace({ regions, peers }: Plan, host: HostInfo, positions: readonly number[]): void {
  if (!facesMatter({ regions, peers })) return;
  const [first, ...others] = positions.map((position) => peers[position]!);
  const other = others.find(({ link }) => faceOf(link) !== faceOf(first!.link));
  if (other === undefined) return;
  throw new ConfigError(
    `${first!.name} and ${other.name} would both live on host ${host.name}, and others could not tell their links ` +
      `apart (region, latency, window); ${HELP}`,
  );
}

function facesMatter({ regions, peers }: Pick<Plan, 'regions' | 'peers'>): boolean {
  return regions !== null || peers.some(({ link }) => link.window !== null);
}

function faceOf({ region, latencyMs, window }: PlannedLink): string {
  return JSON.stringify([region, latencyMs, window]);
}

function requireOneSide(plan: Plan, host: HostInfo, names: readonly string[]): void {
  for (const partition of partitionsOf(plan)) {
    const [first, ...others] = names;
    const other = others.find((who) => partition.sideOf(who) !== partition.sideOf(first!));
    if (other === undefined) continue;
    throw new ConfigError(
      `fault ${partition.name} parts ${first} from ${other}, and both would live on host ${host.name}; ${HELP}`,
    );
  }
}

/** The tracker shares the address of its host's peers. */
function trackerHome(plan: Plan, placed: readonly Placed<unknown>[]): number {
  const partitions = partitionsOf(plan);
  const isOnItsSide = ({ peers: [first] }: Placed<unknown>): boolean =>
    partitions.every(({ sideOf }) => sideOf(plan.peers[first!]!.name) === sideOf(TRACKER));
  const at = placed.findIndex(isOnItsSide);
  if (at >= 0) return at;
  throw new ConfigError(
    `the tracker has to live on a host, and fault ${partitions[0]!.name} parts it from the peers of each; ` +
      'add the tracker to a side of the fault, start more agents, or use --engine threads',
  );
}

interface Partition {
  readonly name: string;
  /** -1: nobody is parted from it. */
  readonly sideOf: (who: string) => number;
}

function partitionsOf({ faults }: Plan): Partition[] {
  return faults.flatMap(({ name, effect }): Partition[] =>
    effect.kind === 'partition'
      ? [{ name, sideOf: (who) => effect.sides.findIndex((side) => side.includes(who)) }]
      : [],
  );
}
