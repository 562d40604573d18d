import { expect, test } from 'vitest';
import { systemClock } from '../../../core/node/system-clock.ts';
import type { HostLinkListener } from './host-link.ts';
import type { FromHost } from './messages.ts';
import { RemoteHost } from './remote-host.ts';

function hostOf(onMessage: (message: FromHost) => void): { host: RemoteHost; link: HostLinkListener } {
  let link!: HostLinkListener;
  const host = new RemoteHost(
    {
      info: { name: 'lab-1', address: '127.0.0.2', cores: 1 },
      listen: (listener) => (link = listener),
      send: () => undefined,
      close: () => undefined,
    },
    systemClock(0n),
    { onMessage: (_, message) => onMessage(message), onLost: () => undefined },
  );
  return { host, link };
}

test('whatever goes wrong on a host is told with its name, to whoever waits for an answer and to the run', async () => {
  const told: FromHost[] = [];
  const { host, link } = hostOf((message) => told.push(message));
  const asked = host.ask({ type: 'verify' }, 'verified');
  link.onMessage({
    type: 'failed',
    error: { name: 'StoreError', code: 'STORE', message: 'no space left' },
  });
  await expect(asked).rejects.toThrow('host lab-1: no space left');
  expect(told).toEqual([
    { type: 'failed', error: expect.objectContaining({ message: 'host lab-1: no space left' }) as object },
  ]);
});

test('whoever waits for a host that is lost, or asks one that was, hears that it is', async () => {
  const { host, link } = hostOf(() => undefined);
  const asked = host.ask({ type: 'verify' }, 'verified');
  link.onLost('it has left');
  await expect(asked).rejects.toThrow('host lab-1 was lost: it has left');
  await expect(host.ask({ type: 'settle' }, 'settled')).rejects.toThrow(
    'host lab-1 was lost: it was lost before',
  );
});

test('whoever asks a host that is busy hears that, and not that it was lost, then and later', async () => {
  const { host, link } = hostOf(() => undefined);
  const asked = host.ask({ type: 'verify' }, 'verified');
  link.onBusy('it has a part of another run');
  const busy = 'host lab-1 is busy: it has a part of another run; wait until that is over, or end this agent';
  await expect(asked).rejects.toThrow(busy);
  await expect(host.ask({ type: 'settle' }, 'settled')).rejects.toThrow(busy);
});
