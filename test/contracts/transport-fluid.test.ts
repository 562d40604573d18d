import { seededRandom } from '../../src/core/random.ts';
import { FluidNetwork } from '../../src/sim/engines/virtual/fluid/fluid-network.ts';
import { VirtualClock } from '../../src/sim/engines/virtual/virtual-clock.ts';
import { unlimitedLink, type PlannedLink } from '../../src/sim/plan/plan.ts';
import { describeTransport } from './transport-contract.ts';
import { virtualWorld } from './transport-world.ts';

const links: Record<string, Partial<PlannedLink>> = {
  'without limits': {},
  'of rates': { upBytesPerSec: 20e6, downBytesPerSec: 30e6 },
  'of latency and jitter': { latencyMs: 2, jitterMs: { kind: 'exponential', mean: 1 } },
  'of a slow downlink': { downBytesPerSec: 20e6 },
  'of losses': { latencyMs: 1, loss: { probability: 0.001, segmentBytes: 1460, timeoutMs: 5 } },
  'of everything': {
    upBytesPerSec: 20e6,
    downBytesPerSec: 20e6,
    latencyMs: 1,
    jitterMs: { kind: 'uniform', min: 0, max: 2 },
  },
};

for (const [name, link] of Object.entries(links)) {
  describeTransport(`fluid links ${name}`, () => {
    const clock = new VirtualClock();
    const network = new FluidNetwork({ clock });
    const host = (at: string) =>
      network.host(at, { random: seededRandom(at) }, { ...unlimitedLink, ...link });
    return virtualWorld(clock, { near: host('near'), far: host('far') });
  });
}
