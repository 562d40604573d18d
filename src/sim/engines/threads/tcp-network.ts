import type { Clock, Random } from '../../../core/interfaces.ts';
import { TIMER_GRAIN_MS } from '../../../core/node/system-clock.ts';
import { TcpTransport } from '../../../core/node/tcp/tcp-transport.ts';
import type { Dials } from '../../network/link-control.ts';
import { isUnshaped } from '../../network/link-sizes.ts';
import { meteredTransport } from '../../network/metered-transport.ts';
import { shapedLink } from '../../network/shaped-link.ts';
import type { SliceTicks } from '../../network/slice-ticks.ts';
import type { NodeCounters } from '../run/node-counters.ts';
import type { PeerNetwork } from '../run/peer-instance.ts';
import { linkAt, SHARED_HOST, type Neighbourhood } from './addresses.ts';
import type { PeerSetup } from './messages.ts';

export interface TcpNetworkComponents {
  readonly clock: Clock;
  readonly random: Random;
  readonly counters: NodeCounters;
  /** What a rate lets go at a time takes about so long. */
  readonly sliceMs: number;
  readonly ticks: SliceTicks;
  readonly dials: Dials;
  /** null: nobody cares who is at the other end. */
  readonly neighbourhood: Neighbourhood | null;
  /** Addresses that may connect; undefined: all. */
  readonly members: readonly string[] | undefined;
}

/** A peer on sockets. A link that does nothing, and to which no fault can do anything, costs nothing. */
export function tcpNetwork(
  { clock, random, counters, sliceMs, ticks, dials, neighbourhood, members }: TcpNetworkComponents,
  { link, peer: { host }, faults }: PeerSetup,
  totalChunks: number,
): PeerNetwork {
  const own = {
    ...(host !== SHARED_HOST && { host, localAddress: host }),
    ...(members !== undefined && { members }),
  };
  const transport = meteredTransport(new TcpTransport({ clock }, { totalChunks, ...own }), counters);
  if (isUnshaped(link) && faults === undefined) return { transport };
  const known =
    neighbourhood === null
      ? {}
      : { linkOf: (other: string) => linkAt(neighbourhood, other), regions: neighbourhood.regions };
  const timing = { clock, timerGrainMs: TIMER_GRAIN_MS, sliceMs, ticks, dials };
  return shapedLink(transport, { ...timing, random, ...known }, link, counters);
}
