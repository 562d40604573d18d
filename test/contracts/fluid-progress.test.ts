import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../src/core/random.ts';
import { FluidConnection } from '../../src/sim/engines/virtual/fluid/fluid-connection.ts';
import { FluidNetwork } from '../../src/sim/engines/virtual/fluid/fluid-network.ts';
import { VirtualClock } from '../../src/sim/engines/virtual/virtual-clock.ts';
import { emptyShaping } from '../../src/sim/network/shaping-counters.ts';
import { unlimitedLink } from '../../src/sim/plan/plan.ts';

const RATE = 100_000;
const PART = {
  type: 'chunk',
  index: 1,
  offset: 0,
  chunkBytes: 99_975,
  body: { byteLength: 99_975 },
} as const;

/** A chunk of a second on its way from one host to another, and the end that it comes to. */
function sending() {
  const clock = new VirtualClock();
  const network = new FluidNetwork({ clock });
  const counters = emptyShaping();
  const host = (name: string, latencyMs: number, own = emptyShaping()) =>
    network.host(
      name,
      { random: seededRandom(name) },
      { ...unlimitedLink, upBytesPerSec: RATE, downBytesPerSec: RATE, latencyMs },
      own,
    );
  const [from, to] = [host('from', 40), host('to', 10, counters)];
  const accepted: FluidConnection[] = [];
  to.listen({
    port: 1,
    role: 'peer',
    onListening: () => {},
    onError: () => {},
    onConnection(connection) {
      connection.setHandlers({ onMessage: () => {}, onClose: () => {} });
      if (connection instanceof FluidConnection) accepted.push(connection);
    },
  });
  const connection = from.connect({ host: 'to', port: 1 }, 'swarm');
  connection.setHandlers({ onMessage: () => {}, onClose: () => {} });
  connection.send({ type: 'keep-alive' });
  clock.run(1000);
  const fired = clock.fired;
  connection.send(PART);
  return { clock, network, counters, from, receiver: accepted[0]!, eventsSince: () => clock.fired - fired };
}

describe('a message on a fluid link', () => {
  it('can be asked how much of it is here at any time, at no event', () => {
    const { clock, from, receiver, eventsSince } = sending();
    clock.run(1050);
    expect(receiver.incoming()?.bytes).toBeCloseTo(0, 6);
    clock.run(1550);
    expect(receiver.incoming()).toMatchObject({ message: PART });
    expect(receiver.incoming()?.bytes).toBeCloseTo(50_000, 6);
    expect(eventsSince()).toBe(0);
    from.setRateFactor(0.5);
    clock.run(1750);
    expect(receiver.incoming()?.bytes).toBeCloseTo(62_500, 6);
    clock.run();
    expect(receiver.incoming()).toBeUndefined();
  });

  it('counts on no link when its host has died meanwhile', () => {
    for (const dies of [false, true]) {
      const { clock, network, counters } = sending();
      clock.run(2020);
      const before = counters.bytesPacedDown;
      if (dies) network.crash('to');
      clock.run();
      expect(counters.bytesPacedDown - before).toBe(dies ? 0 : 100_000);
    }
  });

  it('costs an event when its last byte has left, and one when that arrives', () => {
    const { clock, eventsSince } = sending();
    clock.run();
    expect(clock.now()).toBeCloseTo(2050, 6);
    expect(eventsSince()).toBe(2);
  });
});
