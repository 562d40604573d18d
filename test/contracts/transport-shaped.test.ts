import { seededRandom } from '../../src/core/random.ts';
import { systemClock } from '../../src/core/node/system-clock.ts';
import { TcpTransport } from '../../src/core/node/tcp/tcp-transport.ts';
import type { Clock, Transport } from '../../src/core/interfaces.ts';
import { VirtualClock } from '../../src/sim/engines/virtual/virtual-clock.ts';
import { MemoryNetwork } from '../../src/sim/engines/virtual/memory-transport.ts';
import { emptyTraffic } from '../../src/sim/network/meter.ts';
import { meteredTransport } from '../../src/sim/network/metered-transport.ts';
import { shapedTransport } from '../support/shaped-transport.ts';
import { emptyShaping } from '../../src/sim/network/shaping-counters.ts';
import { unlimitedLink, type PlannedLink } from '../../src/sim/plan/plan.ts';
import { describeTransport } from './transport-contract.ts';
import { socketWorld, virtualWorld } from './transport-world.ts';

const links: Record<string, PlannedLink> = {
  rates: { ...unlimitedLink, upBytesPerSec: 20e6, downBytesPerSec: 30e6 },
  'latency and jitter': {
    ...unlimitedLink,
    latencyMs: 2,
    jitterMs: { kind: 'exponential', mean: 1 },
  },
  everything: {
    ...unlimitedLink,
    upBytesPerSec: 20e6,
    downBytesPerSec: 20e6,
    latencyMs: 1,
    jitterMs: { kind: 'uniform', min: 0, max: 2 },
  },
  'a slow downlink': { ...unlimitedLink, downBytesPerSec: 20e6 },
};

function shape(inner: Transport, clock: Clock, link: PlannedLink): Transport {
  return shapedTransport(
    meteredTransport(inner, emptyTraffic()),
    { clock, random: seededRandom('shaped') },
    link,
    emptyShaping(),
  );
}

for (const [name, link] of Object.entries(links)) {
  describeTransport(`${name} around memory`, () => {
    const clock = new VirtualClock();
    const network = new MemoryNetwork({ clock });
    const near = shape(network.transport('near'), clock, link);
    return virtualWorld(clock, { near, far: shape(network.transport('far'), clock, link) });
  });
}

describeTransport('everything around TCP', () => {
  const clock = systemClock();
  const host = () => shape(new TcpTransport({ clock }), clock, links['everything']!);
  return socketWorld(clock, { near: host(), far: host() });
});
