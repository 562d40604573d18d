import { VirtualClock } from '../../src/sim/engines/virtual/virtual-clock.ts';
import { MemoryNetwork } from '../../src/sim/engines/virtual/memory-transport.ts';
import { describeTransport } from './transport-contract.ts';

describeTransport('memory', () => {
  const clock = new VirtualClock();
  const network = new MemoryNetwork({ clock });
  return {
    near: network.transport('near'),
    far: network.transport('far'),
    clock,
    host: 'near',
    body: (content) => content,
    content: (body) => body as Uint8Array,
    until(condition) {
      if (clock.runUntil(condition, clock.now() + 60_000)) return Promise.resolve();
      return Promise.reject(new Error('nothing more happens'));
    },
    close: () => {},
  };
});
