import { expect, it } from 'vitest';
import { PeerStage } from '../../../../test/support/peer-stage.ts';
import { FakeStore } from '../../../../test/support/spec-fakes.ts';
import { VirtualClock } from '../../../sim/engines/virtual/virtual-clock.ts';
import type { Address, Connection, ConnectionHandlers, ListenOptions, Transport } from '../../interfaces.ts';
import { seededRandom } from '../../random.ts';
import { Peer } from '../peer.ts';

/** An end of a connection whose other end never says anything by itself. */
class SilentConnection implements Connection {
  readonly remote: Address;
  readonly dialect = 'swarm';
  readonly bufferedBytes = 0;
  readonly blockBytes = 1000;
  handlers: ConnectionHandlers | undefined;
  closed = false;

  constructor(remote: Address) {
    this.remote = remote;
  }

  setHandlers(handlers: ConnectionHandlers): void {
    this.handlers = handlers;
  }
  send(): boolean {
    return true;
  }
  pause(): void {}
  resume(): void {}
  end(): void {
    this.abort();
  }
  abort(): void {
    if (this.closed) return;
    this.closed = true;
    this.handlers?.onClose({ kind: 'reset', detail: 'aborted' });
  }
}

it('sixty who connect and say nothing are gone in five minutes, and keep nobody from being dialled', () => {
  const clock = new VirtualClock();
  const dialled: SilentConnection[] = [];
  let listening: ListenOptions | undefined;
  const transport: Transport = {
    listen(options) {
      listening = options;
      clock.setTimer(0, () => options.onListening({ host: 'me', port: 7001 }));
      return { close: () => undefined };
    },
    connect(address) {
      const connection = new SilentConnection(address);
      dialled.push(connection);
      clock.setTimer(1, () => connection.handlers?.onOpen?.());
      return connection;
    },
  };
  const tracker = { host: 'tracker', port: 5100 };
  const peer = new Peer(
    {
      clock,
      random: seededRandom('me'),
      transport,
      store: new FakeStore(1, {}),
      events: { emit: () => undefined },
    },
    { name: 'me', host: 'me', port: 7001, tracker, trackerIsOurs: true },
  );
  peer.start();
  clock.run(10);
  const strangers = Array.from(
    { length: 60 },
    (_, at) => new SilentConnection({ host: 'there', port: 40_000 + at }),
  );
  for (const stranger of strangers) listening!.onConnection(stranger);
  const { handlers } = dialled.find(({ remote }) => remote.host === 'tracker')!;
  handlers!.onMessage({ type: 'handshake', version: 1, name: 'tracker', port: 5100, totalChunks: 1 });
  const good = { address: { host: 'good', port: 7100 }, protocol: 'swarm' as const };
  handlers!.onMessage({ type: 'peers', peers: [good], agreed: [], intervalMs: 10_000 });
  clock.run(10_000);
  expect(dialled.map(({ remote }) => remote.host)).toContain('good');
  expect(strangers.filter(({ closed }) => closed)).toEqual([]);
  clock.run(310_000);
  expect(strangers.filter(({ closed }) => closed)).toHaveLength(60);
});

it('who comes by a protocol that the peer does not speak is refused, and does not keep it from leaving', () => {
  const stage = new PeerStage({ totalChunks: 1, held: [1] }, { protocol: 'spec' });
  stage.neighbour('stranger', [1]);
  stage.peer.leave();
  stage.run(60_000);
  expect(stage.eventsOf('peer-left')).toHaveLength(1);
});
