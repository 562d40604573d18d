import { describe } from 'vitest';
import { systemClock } from '../../src/core/node/system-clock.ts';
import { TcpTransport } from '../../src/core/node/tcp/tcp-transport.ts';
import { hasIpv6 } from '../support/ipv6.ts';
import { TrackedTransport } from './tracked-transport.ts';
import { describeTransport } from './transport-contract.ts';
import type { TransportWorld } from './transport-world.ts';
import { untilTrue } from './until-true.ts';

function world(host: string): TransportWorld {
  const clock = systemClock();
  const near = new TrackedTransport(new TcpTransport({ clock }, { host }));
  const far = new TrackedTransport(new TcpTransport({ clock }));
  return {
    near,
    far,
    clock,
    host,
    body: (content) => content,
    content: (body) => body as Uint8Array,
    until: untilTrue,
    close() {
      near.close();
      far.close();
    },
  };
}

describeTransport('TCP', () => world('127.0.0.1'));

describe.runIf(hasIpv6)('over IPv6', () => {
  describeTransport('TCP', () => world('::1'));
});
