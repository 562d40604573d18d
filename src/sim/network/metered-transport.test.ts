import { describe, expect, it } from 'vitest';
import type { Message } from '../../core/protocol/messages.ts';
import { MemoryNetwork } from '../engines/virtual/memory-transport.ts';
import { VirtualClock } from '../engines/virtual/virtual-clock.ts';
import { emptyTraffic } from './meter.ts';
import { meteredTransport } from './metered-transport.ts';

const part: Message = { type: 'chunk', index: 1, offset: 0, chunkBytes: 1000, body: { byteLength: 1000 } };
const have: Message = { type: 'have', index: 1 };

function meteredPair() {
  const clock = new VirtualClock();
  const network = new MemoryNetwork({ clock });
  const near = emptyTraffic();
  const far = emptyTraffic();
  const received: Message[] = [];
  meteredTransport(network.transport('near'), near).listen({
    port: 1,
    role: 'peer',
    onConnection: (accepted) =>
      accepted.setHandlers({ onMessage: (message) => received.push(message), onClose: () => {} }),
    onListening: () => {},
    onError: () => {},
  });
  const connection = meteredTransport(network.transport('far'), far).connect(
    { host: 'near', port: 1 },
    'swarm',
  );
  connection.setHandlers({ onMessage: () => {}, onClose: () => {} });
  return { clock, near, far, received, connection };
}

describe('metered transport', () => {
  it('counts bodies of chunks as payload and everything else as control, on both sides', () => {
    const { clock, near, far, received, connection } = meteredPair();
    connection.send(have);
    connection.send(part);
    clock.run();
    expect(received).toEqual([have, part]);
    expect(far).toEqual({
      ...emptyTraffic(),
      payloadSentBytes: 1000,
      controlSentBytes: 9 + 25,
      messagesSent: 2,
      connectionsOpened: 1,
    });
    expect(near).toEqual({
      ...emptyTraffic(),
      payloadReceivedBytes: 1000,
      controlReceivedBytes: 9 + 25,
      messagesReceived: 2,
      connectionsAccepted: 1,
    });
  });

  it.each(['end', 'abort'] as const)('does not count what is sent after %s', (how) => {
    const { clock, far, connection } = meteredPair();
    connection.send(have);
    clock.run();
    connection[how]();
    expect(connection.send(have)).toBe(false);
    clock.run();
    expect(connection.send(have)).toBe(false);
    expect(far.messagesSent).toBe(1);
  });
});
