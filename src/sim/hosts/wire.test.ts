/** The way between a coordinator and a host, over a real NATS server. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { endAll } from '../../../test/support/end-all.ts';
import { connectionTo, JETSTREAM, startNats } from '../../../test/support/nats-server.ts';
import { messageType } from '../cluster/message.ts';
import type { ClusterConnection } from '../cluster/connection.ts';
import { Wire, type WireListener } from './wire.ts';

const ends: (() => Promise<unknown>)[] = [];
let connection: ClusterConnection;

beforeEach(async () => {
  const server = await startNats(JETSTREAM);
  ends.push(() => server.end());
  connection = await connectionTo(server);
  ends.push(() => connection.close());
});
afterEach(async () => {
  await endAll(ends);
});

function wire(from: string, to: string, listener: Partial<WireListener> = {}): Wire {
  const none = { onMessage: () => undefined, onLost: () => undefined };
  const made = new Wire(connection, { from, to }, { ...none, ...listener });
  ends.push(async () => {
    made.close();
    await connection.nats.flush();
  });
  return made;
}

const heardBy = (from: string, to: string): Promise<unknown> =>
  new Promise((resolve, reject) => {
    wire(from, to, { onMessage: resolve, onLost: (why) => reject(new Error(why)) });
  });

test('a message larger than any piece arrives whole, whatever it contains', async () => {
  const message = { text: '𝄞"\\€'.repeat(200_000) };
  const heard = heardBy('there', 'here');
  wire('here', 'there').send(message);
  await expect(heard).resolves.toEqual(message);
});

test('whose process stood still for longer than anybody may be silent hears first what has come meanwhile', async () => {
  const heard = heardBy('there', 'here');
  const sender = wire('here', 'there');
  sender.begin();
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10_000);
  setImmediate(() => sender.send('after it'));
  await expect(heard).resolves.toBe('after it');
});

test('a message that is missing, comes twice or is none loses the other end, with which it was', async () => {
  const piece = messageType('run', {});
  const encoded = (number: number): Uint8Array =>
    new TextEncoder().encode(
      new TextDecoder()
        .decode(piece.encode({}))
        .replace('{}', JSON.stringify({ number, text: '1', more: false })),
    );
  for (const [numbers, why] of [
    [[0, 3], 'messages 1 to 2 have not arrived'],
    [[0, 1, 1], 'message 1 has arrived twice'],
    [[Number.NaN], /this is not a message "run" of the laboratory/],
  ] as const) {
    const lost = new Promise<string>((resolve) => void wire('there', 'here', { onLost: resolve }));
    for (const number of numbers) connection.nats.publish('there', encoded(number));
    await expect(lost).resolves.toMatch(why);
  }
});
