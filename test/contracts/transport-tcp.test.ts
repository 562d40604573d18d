import { systemClock } from '../../src/core/node/system-clock.ts';
import { TcpTransport } from '../../src/core/node/tcp/tcp-transport.ts';
import { TrackedTransport } from './tracked-transport.ts';
import { describeTransport } from './transport-contract.ts';
import { untilTrue } from './until-true.ts';

describeTransport('TCP', () => {
  const clock = systemClock();
  const near = new TrackedTransport(new TcpTransport({ clock }));
  const far = new TrackedTransport(new TcpTransport({ clock }));
  return {
    near,
    far,
    clock,
    host: '127.0.0.1',
    body: (content) => content,
    content: (body) => body as Uint8Array,
    until: untilTrue,
    close() {
      near.close();
      far.close();
    },
  };
});
