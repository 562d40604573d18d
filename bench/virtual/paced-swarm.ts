/** A swarm in virtual time over the links of the threads engine, which serve their connections in turns of 1 ms. */
import type { EventSink } from '../../src/core/interfaces.ts';
import { Peer } from '../../src/core/peer/peer.ts';
import { seededRandom } from '../../src/core/random.ts';
import { Tracker } from '../../src/core/tracker/tracker.ts';
import { chunkBytesOf, heldAtStart } from '../../src/sim/content/planned-content.ts';
import { PeerState } from '../../src/sim/engines/run/peer-state.ts';
import { stayOptions, trackerOptions } from '../../src/sim/engines/run/stay-options.ts';
import { hostOf, PEER_PORT, TRACKER_ADDRESS } from '../../src/sim/engines/virtual/addresses.ts';
import { MemoryNetwork } from '../../src/sim/engines/virtual/memory-transport.ts';
import { TokenStore } from '../../src/sim/engines/virtual/token-store.ts';
import { VirtualClock } from '../../src/sim/engines/virtual/virtual-clock.ts';
import { shapedLink } from '../../src/sim/network/shaped-link.ts';
import { emptyShaping } from '../../src/sim/network/shaping-counters.ts';
import type { Plan } from '../../src/sim/plan/plan.ts';

/** Until all have everything; nobody leaves. Returns whether they have. */
export function runPaced(plan: Plan): boolean {
  const clock = new VirtualClock();
  const network = new MemoryNetwork({ clock });
  const chunkBytes = chunkBytesOf(plan.content);
  const heldBy = heldAtStart(plan.content);
  let incomplete = plan.peers.filter(({ holds }) => heldBy(holds).length < chunkBytes.length).length;
  const events: EventSink = {
    emit({ type }) {
      if (type === 'peer-completed') incomplete--;
    },
  };
  const { host, port } = TRACKER_ADDRESS;
  new Tracker(
    { clock, random: seededRandom(plan.tracker.seed), transport: network.transport(host), events },
    trackerOptions(plan.tracker, port),
  ).start();
  for (const [position, planned] of plan.peers.entries()) {
    const held = heldBy(planned.holds);
    const at = { host: hostOf(position), port: PEER_PORT };
    const random = seededRandom(planned.seed);
    const components = { clock, random: random.fork('link') };
    const link = shapedLink(network.transport(at.host), components, planned.link, emptyShaping());
    const store = new TokenStore({ chunkBytes, held });
    const state = new PeerState(planned, position, chunkBytes.length, held);
    new Peer(
      { clock, random: random.fork('peer'), transport: link.transport, store, events },
      { ...stayOptions(plan, state, at).peer, tracker: TRACKER_ADDRESS },
    ).start();
  }
  return clock.runUntil(() => incomplete === 0, plan.timeLimitMs);
}
