/** Bytes that are too many for a message, with a real server. */
import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { JETSTREAM, startNats } from '../../../test/support/nats-server.ts';
import { readClusterAddress } from '../cluster/cluster-address.ts';
import { ClusterConnection } from '../cluster/connection.ts';
import { dropPayload, getPayload, putPayload } from './payload.ts';
import { openStorage } from './storage.ts';

test('up to 512 KiB are in the message, more in the store of objects, and both come back as they were', async () => {
  const server = await startNats(JETSTREAM);
  const connection = await ClusterConnection.open(readClusterAddress(`127.0.0.1:${server.port}`, {}, {}), {
    name: 'test',
    signal: new AbortController().signal,
  });
  try {
    const storage = await openStorage(connection);
    for (const [size, kind] of [
      [512 * 1024, 'inline'],
      [512 * 1024 + 1, 'object'],
      [5_000_000, 'object'],
    ] as const) {
      const bytes = randomBytes(size);
      const payload = await putPayload(connection, storage, 'e', bytes);
      expect(payload.kind).toBe(kind);
      expect(Buffer.from(await getPayload(connection, storage, payload)).equals(bytes)).toBe(true);
      await dropPayload(connection, storage, payload);
      if (kind === 'object')
        await expect(getPayload(connection, storage, payload)).rejects.toThrow(/is not there any more/);
    }
  } finally {
    await connection.close();
    await server.end();
  }
});
