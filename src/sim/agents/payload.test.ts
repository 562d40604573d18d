/** Bytes that are too many for a message, with a real server. */
import { randomBytes } from 'node:crypto';
import { afterEach, expect, test } from 'vitest';
import { endAll } from '../../../test/support/end-all.ts';
import { DOCUMENTED_USER, documentedPermissions } from '../../../test/support/nats-permissions.ts';
import { connectionTo, JETSTREAM, startNats } from '../../../test/support/nats-server.ts';
import type { ClusterConnection } from '../cluster/connection.ts';
import { attachedTo } from '../cluster/message.ts';
import { runMessage } from './messages.ts';
import { dropPayload, dropPayloads, getPayload, putPayload } from './payload.ts';
import { openStorage } from './storage.ts';

const NOTHING = new Uint8Array();
const RUN = {
  id: '1',
  program: { version: '1', commit: null, node: 'v20' },
  scenario: 'a',
  seed: '1',
};

const ends: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  await endAll(ends);
});

async function connected(config = JETSTREAM, user?: string): Promise<ClusterConnection> {
  const server = await startNats(config);
  ends.push(() => server.end());
  const connection = await connectionTo(server, 'test', undefined, user);
  ends.push(() => connection.close());
  return connection;
}

test('up to 512 KiB are in the message, more in the store of objects, and both come back as they were', async () => {
  const connection = await connected();
  const storage = await openStorage(connection);
  for (const [size, kind] of [
    [0, 'attached'],
    [512 * 1024, 'attached'],
    [512 * 1024 + 1, 'object'],
    [5_000_000, 'object'],
  ] as const) {
    const bytes = randomBytes(size);
    const { payload, attached } = await putPayload(connection, storage, 'e', bytes);
    expect(payload.kind).toBe(kind);
    const message = runMessage.encode({ ...RUN, plan: payload }, attached);
    const read = runMessage.decode(message, 'here');
    const back = await getPayload(connection, storage, read.plan, attachedTo(message));
    expect(Buffer.from(back).equals(bytes)).toBe(true);
    await dropPayload(connection, storage, payload);
    if (kind === 'object')
      await expect(getPayload(connection, storage, payload, NOTHING)).rejects.toThrow(
        /is not there any more/,
      );
  }
});

test('a user who may do exactly what docs/cluster.md lists stores, reads and removes them', async () => {
  const connection = await connected(documentedPermissions(), DOCUMENTED_USER);
  const storage = await openStorage(connection);
  const bytes = randomBytes(5_000_000);
  const { payload } = await putPayload(connection, storage, 'e', bytes);
  expect(Buffer.from(await getPayload(connection, storage, payload, NOTHING)).equals(bytes)).toBe(true);
  await dropPayloads(connection, storage, 'e');
  // What the server refuses comes before the answer to what is sent after it.
  await connection.persist(() => connection.nats.flush());
});

test('what an experiment has left in the store is removed with it, and nothing of another', async () => {
  const connection = await connected();
  const storage = await openStorage(connection);
  const bytes = randomBytes(600_000);
  const put = async (experiment: string) =>
    (await putPayload(connection, storage, experiment, bytes)).payload;
  const [first, second, other] = [await put('own'), await put('own'), await put('other')];
  await dropPayload(connection, storage, first);
  await dropPayloads(connection, storage, 'own');
  await expect(getPayload(connection, storage, second, NOTHING)).rejects.toThrow(/is not there any more/);
  expect(Buffer.from(await getPayload(connection, storage, other, NOTHING)).equals(bytes)).toBe(true);
  await dropPayloads(connection, storage, 'other');
  const { state } = await connection.streams.streams.info('OBJ_swarm-lab-files');
  expect(state.messages).toBe(0);
});

test('bytes that are removed while they are read are asked for again, and then said to be gone', async () => {
  const connection = await connected();
  const storage = await openStorage(connection);
  const { payload } = await putPayload(connection, storage, 'e', randomBytes(600_000));
  const { streams } = connection.streams;
  const purge = (kind: string) =>
    streams.purge('OBJ_swarm-lab-files', { filter: `$O.swarm-lab-files.${kind}.>` });
  await purge('C');
  // Whoever reads them has found the object, and now asks for its pieces, of which none comes.
  const asksForPieces = new Promise((resolve) => {
    connection.nats.subscribe('$JS.API.CONSUMER.*.OBJ_swarm-lab-files.>', { callback: resolve });
  });
  await connection.nats.flush();
  const read = getPayload(connection, storage, payload, NOTHING);
  const told = expect(read).rejects.toThrow(/is not there any more/);
  await asksForPieces;
  await purge('M');
  await told;
});
