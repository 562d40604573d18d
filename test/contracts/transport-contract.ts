import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RemoteProtocolError, TransportError } from '../../src/core/errors.ts';
import type { Message } from '../../src/core/protocol/messages.ts';
import {
  content,
  contentOf,
  converse,
  handshake,
  listen,
  partSender,
  record,
  type Recorded,
  type TransportWorld,
} from './transport-world.ts';

const have = (index: number): Message => ({ type: 'have', index });

/** What every transport promises, in the words of src/core/interfaces.ts. */
export function describeTransport(name: string, createWorld: () => TransportWorld): void {
  describe(`transport contract: ${name}`, () => {
    let world: TransportWorld;
    beforeEach(() => {
      world = createWorld();
    });
    afterEach(() => world.close());

    /** A conversation of two messages after which whatever was under way elsewhere has had its chance. */
    async function exchange(): Promise<void> {
      for (let round = 0; round < 3; round++) {
        const { opener, accepter } = await converse(world);
        accepter.connection.send(handshake);
        await world.until(() => opener.messages.length > 0);
        opener.connection.abort();
        await world.until(() => accepter.closes.length > 0);
      }
    }

    describe('messages', () => {
      it('arrive in the order in which they were sent, in both directions', async () => {
        const { opener, accepter } = await converse(world);
        accepter.connection.send(handshake);
        for (let i = 1; i <= 500; i++) {
          opener.connection.send(have(i));
          accepter.connection.send({ type: 'request', index: i });
        }
        await world.until(() => opener.messages.length === 501 && accepter.messages.length === 501);
        expect(accepter.messages.slice(1)).toEqual(Array.from({ length: 500 }, (_, i) => have(i + 1)));
        expect(opener.messages[500]).toEqual({ type: 'request', index: 500 });
      });

      it('are never delivered before send has returned', async () => {
        const { opener, accepter } = await converse(world);
        opener.connection.send(have(1));
        expect(accepter.messages).toHaveLength(1);
        await world.until(() => accepter.messages.length === 2);
      });

      it('sent before the connection stands are kept until then', async () => {
        const { address, accepted } = await listen(world);
        const { connection } = record(world.far.connect(address, 'swarm'));
        for (const message of [handshake, have(1), have(2)]) connection.send(message);
        await world.until(() => accepted[0]?.messages.length === 3);
        expect(accepted[0]!.messages).toEqual([handshake, have(1), have(2)]);
      });

      it('of large bodies arrive intact and obey back-pressure', async () => {
        const bytes = content(5_000_003);
        const { opener, accepter } = await converse(world, { opener: { onDrain: () => send() } });
        const send = partSender(opener.connection, bytes, opener.connection.blockBytes);
        send();
        await world.until(() => accepter.payloadBytes === bytes.length);
        expect(contentOf(accepter).equals(bytes)).toBe(true);
        const offsets = accepter.messages.flatMap((m) => (m.type === 'chunk' ? [m.offset] : []));
        expect(offsets).toEqual([...offsets].sort((a, b) => a - b));
      });

      it('carry a chunk of no bytes', async () => {
        const { opener, accepter } = await converse(world);
        const body = Buffer.alloc(0);
        opener.connection.send({ type: 'chunk', index: 4, offset: 0, chunkBytes: 0, body });
        await world.until(() => accepter.messages.length === 2);
        expect(accepter.messages[1]).toMatchObject({ type: 'chunk', index: 4, chunkBytes: 0 });
      });
    });

    describe('dialects', () => {
      it('a swarm connection is recognised by a peer and by a tracker', async () => {
        for (const role of ['peer', 'tracker'] as const) {
          const { address, accepted } = await listen(world, role);
          const opener = record(world.far.connect(address, 'swarm'));
          opener.connection.send(handshake);
          await world.until(() => accepted[0]?.messages.length === 1);
          expect(accepted[0]!.connection.dialect).toBe('swarm');
          expect(accepted[0]!.messages).toEqual([handshake]);
        }
      });

      it('text to a tracker is the classic protocol of a tracker', async () => {
        const { opener, accepter } = await converse(world, { dialect: 'spec-tracker' });
        expect(accepter.connection.dialect).toBe('spec-tracker');
        expect(accepter.messages).toEqual([{ type: 'where-chunk', index: 3 }]);
        accepter.connection.send({ type: 'chunk-unknown', index: 3 });
        await world.until(() => opener.messages.length === 1);
        expect(opener.messages).toEqual([{ type: 'chunk-unknown', index: 3 }]);
      });

      it('text to a peer is a request, answered by bytes until the end of the stream', async () => {
        const bytes = content(300_000);
        const { opener, accepter } = await converse(world, { dialect: 'spec-chunk' });
        expect(accepter.connection.dialect).toBe('spec-chunk');
        expect(accepter.messages).toEqual([{ type: 'request-chunk', index: 3 }]);
        accepter.connection.send({ type: 'raw', body: bytes });
        accepter.connection.end();
        await world.until(() => opener.closes.length === 1 && accepter.closes.length === 1);
        expect(contentOf(opener).equals(bytes)).toBe(true);
        expect([opener.closes, accepter.closes]).toEqual([[{ kind: 'end' }], [{ kind: 'end' }]]);
      });

      it('a connection that has said nothing is not handed over', async () => {
        const { address, accepted } = await listen(world);
        const silent = record(world.far.connect(address, 'swarm'));
        await exchange();
        expect(accepted).toEqual([]);
        silent.connection.end();
        await world.until(() => silent.closes.length === 1);
        expect(silent.closes).toEqual([{ kind: 'end' }]);
        expect(accepted).toEqual([]);
      });
    });

    describe('back-pressure', () => {
      it('send says false while the remote does not read, and onDrain tells when to go on', async () => {
        const { opener, accepter } = await converse(world);
        accepter.connection.pause();
        const body = content(256 * 1024);
        const total = 256;
        const part: Message = { type: 'chunk', index: 1, offset: 0, chunkBytes: 2 ** 40, body };
        let sent = 0;
        while (sent < total && opener.connection.send(part)) sent++;
        for (let round = 0; round < 20; round++) {
          await exchange();
          while (sent < total && opener.log.includes('drain') && opener.connection.send(part)) sent++;
          opener.log.length = 0;
        }
        expect(sent).toBeLessThan(total);
        expect(opener.connection.bufferedBytes).toBeGreaterThan(0);
        accepter.connection.resume();
        await world.until(() => opener.log.includes('drain'));
        await world.until(() => opener.connection.bufferedBytes === 0);
      });

      it('a paused connection delivers nothing, not even the rest of what came in together', async () => {
        const pauseAtTwo = (recorded: Recorded, message: Message) => {
          if (message.type === 'have' && message.index === 2) recorded.connection.pause();
        };
        const { opener, accepter } = await converse(world, { accepter: { onMessage: pauseAtTwo } });
        for (let i = 1; i <= 5; i++) opener.connection.send(have(i));
        opener.connection.end();
        await world.until(() => accepter.messages.length === 3);
        await exchange();
        expect(accepter.log).toEqual(['handshake', 'have', 'have']);
        accepter.connection.resume();
        expect(accepter.messages).toHaveLength(3);
        await world.until(() => accepter.closes.length === 1);
        expect(accepter.messages.slice(1)).toEqual([1, 2, 3, 4, 5].map(have));
      });

      it('a body survives being held back', async () => {
        const bytes = content(40_000);
        const { opener, accepter } = await converse(world, {
          accepter: { onMessage: (recorded) => recorded.connection.pause() },
        });
        partSender(opener.connection, bytes, 1000)();
        while (accepter.payloadBytes < bytes.length) {
          const before = accepter.payloadBytes;
          accepter.connection.resume();
          await world.until(() => accepter.payloadBytes > before);
        }
        expect(contentOf(accepter).equals(bytes)).toBe(true);
      });
    });

    describe('the end', () => {
      it('comes after everything sent has gone out', async () => {
        const bytes = content(3_000_000);
        const { opener, accepter } = await converse(world);
        partSender(opener.connection, bytes, 3_000_000 / 3)();
        while (opener.connection.bufferedBytes > 0 && accepter.payloadBytes === 0) await exchange();
        opener.connection.send(have(7));
        opener.connection.end();
        await world.until(() => opener.closes.length === 1 && accepter.closes.length === 1);
        expect(accepter.messages.at(-1)).toEqual(have(7));
        expect(opener.closes).toEqual([{ kind: 'end' }]);
        expect(accepter.closes).toEqual([{ kind: 'end' }]);
      });

      it('of one side leaves the other side open when it is handled', async () => {
        const { opener, accepter } = await converse(world, { accepter: { onRemoteEnd: () => {} } });
        opener.connection.end();
        await world.until(() => accepter.log.includes('remote-end'));
        expect(accepter.connection.send(handshake)).toBe(true);
        await world.until(() => opener.messages.length === 1);
        expect(opener.closes).toEqual([]);
        accepter.connection.end();
        await world.until(() => opener.closes.length === 1 && accepter.closes.length === 1);
        expect(accepter.log).toEqual(['handshake', 'remote-end', 'close']);
      });

      it('of both sides at once closes both once', async () => {
        const { opener, accepter } = await converse(world);
        opener.connection.end();
        accepter.connection.end();
        opener.connection.end();
        await world.until(() => opener.closes.length === 1 && accepter.closes.length === 1);
        await exchange();
        expect(opener.closes).toEqual([{ kind: 'end' }]);
        expect(accepter.closes).toEqual([{ kind: 'end' }]);
      });

      it('makes send do nothing', async () => {
        const { opener, accepter } = await converse(world);
        opener.connection.end();
        expect(opener.connection.send(have(1))).toBe(false);
        await world.until(() => opener.closes.length === 1 && accepter.closes.length === 1);
        expect(opener.connection.send(have(1))).toBe(false);
        expect(accepter.connection.send(have(1))).toBe(false);
        opener.connection.end();
        opener.connection.abort();
        await exchange();
        expect(accepter.messages).toEqual([handshake]);
        expect(opener.closes).toHaveLength(1);
      });
    });

    describe('a break', () => {
      it('by abort is told to this side in a later tick and is a reset for the remote', async () => {
        const { opener, accepter } = await converse(world);
        opener.connection.abort();
        expect(opener.closes).toEqual([]);
        expect(opener.connection.send(have(1))).toBe(false);
        await world.until(() => opener.closes.length === 1 && accepter.closes.length === 1);
        opener.connection.abort();
        await exchange();
        expect(opener.closes).toMatchObject([{ kind: 'reset' }]);
        expect(accepter.closes).toMatchObject([{ kind: 'reset' }]);
      });

      it('by abort drops what is buffered', async () => {
        const { opener, accepter } = await converse(world);
        accepter.connection.pause();
        const body = content(256 * 1024);
        while (opener.connection.send({ type: 'chunk', index: 1, offset: 0, chunkBytes: 2 ** 40, body }));
        opener.connection.abort();
        await world.until(() => opener.closes.length === 1);
        accepter.connection.resume();
        await world.until(() => accepter.closes.length === 1);
        expect(accepter.closes).toMatchObject([{ kind: 'reset' }]);
      });

      it('by abort inside a handler delivers nothing more', async () => {
        const abort = (recorded: Recorded, message: Message) => {
          if (message.type === 'have') recorded.connection.abort();
        };
        const { opener, accepter } = await converse(world, { accepter: { onMessage: abort } });
        for (let i = 1; i <= 5; i++) opener.connection.send(have(i));
        await world.until(() => accepter.closes.length === 1 && opener.closes.length === 1);
        expect(accepter.log).toEqual(['handshake', 'have', 'close']);
      });

      it('comes of a remote that breaks the protocol, as a handler found', async () => {
        const complain = (_: Recorded, message: Message) => {
          if (message.type === 'have') throw new RemoteProtocolError('no such chunk');
        };
        const { opener, accepter } = await converse(world, { accepter: { onMessage: complain } });
        opener.connection.send(have(9));
        opener.connection.send(have(9));
        await world.until(() => accepter.closes.length === 1 && opener.closes.length === 1);
        expect(accepter.closes).toEqual([{ kind: 'protocol', detail: 'no such chunk' }]);
        expect(accepter.log).toEqual(['handshake', 'have', 'close']);
      });

      it('when nobody listens is a refusal', async () => {
        const { listener, address } = await listen(world);
        listener.close();
        await exchange();
        const opener = record(world.far.connect(address, 'swarm'));
        opener.connection.send(handshake);
        expect(opener.closes).toEqual([]);
        await world.until(() => opener.closes.length === 1);
        expect(opener.closes).toEqual([{ kind: 'refused', detail: 'ECONNREFUSED' }]);
      });

      it('by abort before the connection stands is told as such', async () => {
        const { address, accepted } = await listen(world);
        const opener = record(world.far.connect(address, 'swarm'));
        opener.connection.send(handshake);
        opener.connection.abort();
        await world.until(() => opener.closes.length === 1);
        await exchange();
        expect(opener.closes).toMatchObject([{ kind: 'reset' }]);
        expect(accepted.flatMap(({ messages }) => messages)).toEqual([]);
      });
    });

    it('handlers can be replaced: the new ones hear what follows', async () => {
      const { opener, accepter } = await converse(world);
      const later = record(accepter.connection);
      opener.connection.send(have(1));
      await world.until(() => later.messages.length === 1);
      opener.connection.end();
      await world.until(() => later.closes.length === 1);
      expect(accepter.log).toEqual(['handshake']);
      expect(later.log).toEqual(['have', 'close']);
    });

    it('tells the address of the remote', async () => {
      const { opener, accepter, listening } = await converse(world);
      expect(opener.connection.remote).toEqual(listening.address);
      expect(accepter.connection.remote.port).toBeGreaterThan(0);
    });

    it('hundreds of connections live side by side', async () => {
      const { address, accepted } = await listen(world);
      const openers = Array.from({ length: 300 }, (_, i) => {
        const opener = record(world.far.connect(address, 'swarm'));
        opener.connection.send(handshake);
        opener.connection.send(have(i + 1));
        return opener;
      });
      await world.until(() => accepted.filter(({ messages }) => messages.length === 2).length === 300);
      const indices = accepted.map(({ messages }) => (messages[1] as { index: number }).index);
      expect(indices.sort((a, b) => a - b)).toEqual(Array.from({ length: 300 }, (_, i) => i + 1));
      for (const { connection } of openers) connection.end();
      await world.until(() => [...openers, ...accepted].every(({ closes }) => closes.length === 1));
    });

    describe('listening', () => {
      const listenAt = (port: number, errors: Error[]) =>
        world.near.listen({
          port,
          role: 'peer',
          onConnection: () => {},
          onListening: () => {},
          onError: (error) => errors.push(error),
        });

      it('on a used port is an error that names the port and the fix, told later', async () => {
        const { address } = await listen(world);
        const errors: Error[] = [];
        listenAt(address.port, errors);
        expect(errors).toEqual([]);
        await world.until(() => errors.length > 0);
        expect(errors[0]).toBeInstanceOf(TransportError);
        expect(errors[0]!.message).toContain(`port ${address.port} on ${world.host} is in use`);
        expect(errors[0]!.message).toContain('choose another port');
      });

      it('on a port that does not exist is an error', async () => {
        const errors: Error[] = [];
        listenAt(70_000, errors);
        await world.until(() => errors.length > 0);
        expect(errors[0]!.message).toContain('choose a port from 1 to 65535');
      });

      it('ends with close, while established connections live on, and frees the port', async () => {
        const { opener, accepter, listening } = await converse(world);
        listening.listener.close();
        listening.listener.close();
        opener.connection.send(have(1));
        await world.until(() => accepter.messages.length === 2);
        let again = false;
        world.near.listen({
          port: listening.address.port,
          role: 'peer',
          onConnection: () => {},
          onListening: () => (again = true),
          onError(error) {
            throw error;
          },
        });
        await world.until(() => again);
        expect(accepter.messages).toHaveLength(2);
      });
    });
  });
}
