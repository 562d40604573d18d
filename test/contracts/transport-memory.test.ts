import { VirtualClock } from '../../src/sim/engines/virtual/virtual-clock.ts';
import { MemoryNetwork } from '../../src/sim/engines/virtual/memory-transport.ts';
import { describeTransport } from './transport-contract.ts';
import { virtualWorld } from './transport-world.ts';

describeTransport('memory', () => {
  const clock = new VirtualClock();
  const network = new MemoryNetwork({ clock });
  return virtualWorld(clock, { near: network.transport('near'), far: network.transport('far') });
});
