import { setImmediate } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { untilTrue } from '../../../test/contracts/until-true.ts';
import type { Address, Connection } from '../interfaces.ts';
import type { Message } from '../protocol/messages.ts';
import { KIB } from '../units.ts';
import { giveBackBlock, takeBlock } from './block-pool.ts';
import { systemClock } from './system-clock.ts';
import { TcpTransport } from './tcp/tcp-transport.ts';

const BYTES = 256 * KIB;

describe('the pool of blocks', () => {
  it('gives a block out again after it came back, and never before', () => {
    const first = takeBlock(BYTES);
    const second = takeBlock(BYTES);
    expect(second.buffer).not.toBe(first.buffer);
    giveBackBlock(first);
    expect(takeBlock(BYTES / 2).buffer).toBe(first.buffer);
  });

  it('takes a block back once, whole, and nothing that it did not give out', () => {
    const block = takeBlock(BYTES);
    giveBackBlock(block.subarray(0, BYTES / 2));
    expect(takeBlock(BYTES).buffer).not.toBe(block.buffer);
    giveBackBlock(Buffer.alloc(BYTES));
    giveBackBlock(block);
    giveBackBlock(block);
    const [one, other] = [takeBlock(BYTES), takeBlock(BYTES)];
    expect(one.buffer).toBe(block.buffer);
    expect(other.buffer).not.toBe(block.buffer);
  });

  it('leaves sizes alone that are not worth it', () => {
    for (const bytes of [0, 1, 64 * KIB - 1, BYTES + 1]) {
      const piece = takeBlock(bytes);
      expect(piece.byteLength).toBe(bytes);
      giveBackBlock(piece);
    }
  });
});

describe('blocks on a connection', () => {
  const open: { close(): void }[] = [];
  afterEach(() => {
    for (const one of open.splice(0)) one.close();
  });

  it('arrive as they were sent, however long the receiver makes them wait', async () => {
    const clock = systemClock();
    const transport = new TcpTransport({ clock });
    const sums = new Map<number, number>();
    const accepted: Connection[] = [];
    const take = (message: Message): void => {
      if (message.type !== 'chunk') return;
      const body = message.body as Uint8Array;
      for (const byte of body) if (byte !== message.index) throw new Error('another block stands here');
      sums.set(message.index, (sums.get(message.index) ?? 0) + body.length);
    };
    const address = await new Promise<Address>((onListening, onError) => {
      const onConnection = (connection: Connection): void => {
        connection.setHandlers({ onMessage: take, onClose: () => undefined });
        connection.pause();
        accepted.push(connection);
      };
      open.push(transport.listen({ port: 0, role: 'peer', onConnection, onListening, onError }));
    });
    const sender = transport.connect(address, 'swarm');
    sender.setHandlers({ onMessage: () => undefined, onClose: () => undefined });
    open.push({ close: () => sender.abort() });
    sender.send({ type: 'interested' });
    await untilTrue(() => accepted.length === 1);
    const count = 60;
    for (let index = 1; index <= count; index++) {
      const body = takeBlock(BYTES).fill(index);
      sender.send({ type: 'chunk', index, offset: 0, chunkBytes: BYTES, body });
      // A turn of the event loop: the system takes over what it has room for, and those blocks are used again.
      if (index % 7 === 0) await setImmediate();
    }
    accepted[0]!.resume();
    await untilTrue(() => sums.get(count) === BYTES);
    expect([...sums.values()]).toEqual(new Array(count).fill(BYTES));
  });
});
