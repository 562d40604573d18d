/**
 * Each peer at a loopback address of its own, where it matters who is at the other end of a connection: regions,
 * partitions, windows. Linux routes all of 127.0.0.0/8 to the machine itself.
 */
import type { Plan, PlannedLink, PlannedRegions } from '../../plan/plan.ts';

export const SHARED_HOST = '127.0.0.1';

const FIRST = [127, 1] as const;
const HOSTS_PER_NET = 254;

/** Who is where, for the links of all peers. */
export interface Neighbourhood {
  readonly regions: PlannedRegions | null;
  /** The links of all peers, some of which may be alike. */
  readonly links: readonly PlannedLink[];
  /** Which of them is that of the peers at a host; absent: each peer has a loopback address of its own, by its position. */
  readonly linkAt?: Readonly<Record<string, number>>;
}

/** Where the peers of a run can be reached. */
export interface Place {
  /** @param position in the plan */
  hostOf(position: number): string;
  /** Absent: loopback. */
  readonly trackerHost?: string;
  /** null: nobody cares who is at the other end. */
  readonly neighbourhood: Neighbourhood | null;
  /** Addresses that may connect to peers and tracker; absent: all. */
  readonly members?: readonly string[];
}

/** Other systems have but one, unless somebody sets up more. */
export const LOOPBACK_ADDRESSES = process.platform === 'linux' ? 65_024 : 1;

/** The key by which the plan sets apart who is at the other end; undefined: it does not. */
export function whyAddresses({ regions, peers, faults }: Plan): string | undefined {
  if (regions !== null) return 'regions';
  const partition = faults.find(({ effect }) => effect.kind === 'partition');
  if (partition !== undefined) return `fault ${partition.name}`;
  return peers.some(({ link }) => link.window !== null) ? 'link.window' : undefined;
}

/** From 127.1.0.1 on. @param position in the plan, below 65,024 */
export function hostOf(position: number): string {
  return [...FIRST, Math.floor(position / HOSTS_PER_NET), (position % HOSTS_PER_NET) + 1].join('.');
}

/** undefined: the tracker, or somebody from outside. */
export function positionOf(host: string): number | undefined {
  const parts = host.split('.').map(Number);
  const [first, second, net, last] = parts;
  if (parts.length !== 4 || first !== FIRST[0] || second !== FIRST[1]) return undefined;
  return net! * HOSTS_PER_NET + last! - 1;
}

/** The link of whoever is at the other end; undefined: it has none. */
export function linkAt({ links, linkAt: at }: Neighbourhood, host: string): PlannedLink | undefined {
  return links[(at === undefined ? positionOf(host) : at[host]) ?? -1];
}

/** All peers on this machine: at one address, or where it matters who is who, each at its own. */
export function loopbackPlace(plan: Plan): Place {
  if (whyAddresses(plan) === undefined) return { hostOf: () => SHARED_HOST, neighbourhood: null };
  return {
    hostOf,
    neighbourhood: { regions: plan.regions, links: plan.peers.map(({ link }) => link) },
  };
}
