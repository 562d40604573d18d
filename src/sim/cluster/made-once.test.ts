/** Streams that several make at a time, with a real server. */
import { afterEach, expect, test } from 'vitest';
import { connectionTo, JETSTREAM, startNats, type TestServer } from '../../../test/support/nats-server.ts';
import { openStorage } from '../agents/storage.ts';
import type { ClusterConnection } from './connection.ts';
import { openAgents } from './presence.ts';

const ends: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function started(): Promise<TestServer> {
  const server = await startNats(JETSTREAM);
  ends.push(() => server.end());
  return server;
}

async function connected(server: TestServer): Promise<ClusterConnection> {
  const connection = await connectionTo(server);
  ends.push(() => connection.close());
  return connection;
}

test('of many programs that are the first on a server at a time, each finds all streams and buckets', async () => {
  for (let round = 0; round < 5; round++) {
    const server = await started();
    const programs = await Promise.all(Array.from({ length: 8 }, () => connected(server)));
    const opened = await Promise.allSettled(programs.flatMap((one) => [openAgents(one), openStorage(one)]));
    expect(opened.flatMap((one) => (one.status === 'rejected' ? [String(one.reason)] : []))).toEqual([]);
  }
});

test('a server with a stream of somebody else for the same subjects is refused by what is in the way', async () => {
  const connection = await connected(await started());
  await connection.streams.streams.add({ name: 'OTHERS', subjects: ['swarm-lab.>'] });
  await expect(openStorage(connection)).rejects.toThrow(/has a stream that takes subjects of the laboratory/);
});
