import { describe } from 'vitest';
import { systemClock } from '../../src/core/node/system-clock.ts';
import { TcpTransport } from '../../src/core/node/tcp/tcp-transport.ts';
import { hasIpv6 } from '../support/ipv6.ts';
import { describeTransport } from './transport-contract.ts';
import { socketWorld, type TransportWorld } from './transport-world.ts';

function world(host: string): TransportWorld {
  const clock = systemClock();
  const near = new TcpTransport({ clock }, { host });
  return socketWorld(clock, { near, far: new TcpTransport({ clock }) }, host);
}

describeTransport('TCP', () => world('127.0.0.1'));

describe.runIf(hasIpv6)('over IPv6', () => {
  describeTransport('TCP', () => world('::1'));
});
