/** What connections come from where a transport has an address of its own that does not fit the other side. */
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { hasIpv6 } from '../../../../test/support/ipv6.ts';
import type { Address, CloseReason } from '../../interfaces.ts';
import { systemClock } from '../system-clock.ts';
import { TcpTransport } from './tcp-transport.ts';

/** Soon given up: where nobody answers, there is nothing else to wait for. */
const transport = new TcpTransport(
  { clock: systemClock() },
  { localAddress: '127.6.5.4', connectTimeoutMs: 1000 },
);

function closeOf(address: Address): Promise<CloseReason> {
  return new Promise((onClose) => {
    transport.connect(address, 'swarm').setHandlers({ onMessage: () => undefined, onClose });
  });
}

describe.runIf(process.platform === 'linux')('a loopback address of its own', () => {
  it('is not tried towards other machines, where it is an invalid argument', async () => {
    const reason = await closeOf({ host: '192.0.2.1', port: 9 });
    expect(reason).toMatchObject({ kind: 'refused' });
    expect(reason).not.toMatchObject({ detail: 'EINVAL' });
  });

  it.runIf(hasIpv6)('is not tried towards the other family of addresses', async () => {
    const server = createServer((socket) => socket.end()).listen(0, '::1');
    await once(server, 'listening');
    const closed = closeOf({ host: '::1', port: (server.address() as AddressInfo).port });
    const [socket] = (await once(server, 'connection')) as [Socket];
    expect(socket.remoteAddress).toBe('::1');
    await closed;
    server.close();
  });
});
