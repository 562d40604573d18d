/** Streams that several make at a time, with a real server. */
import { StorageType } from '@nats-io/jetstream';
import { Kvm } from '@nats-io/kv';
import { afterEach, expect, test } from 'vitest';
import { endAll } from '../../../test/support/end-all.ts';
import { connectionTo, JETSTREAM, startNats, type TestServer } from '../../../test/support/nats-server.ts';
import { ConfigError } from '../../core/errors.ts';
import { openStorage } from '../agents/storage.ts';
import type { ClusterConnection } from './connection.ts';
import { bucketNames, streamNames } from './names.ts';
import { openAgents } from './presence.ts';

const ends: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  await endAll(ends);
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

/** The server of a version with other limits, on which somebody has also set what the laboratory says nothing of. */
async function madeByAnotherVersion(): Promise<ClusterConnection> {
  const connection = await connected(await started());
  await openStorage(connection, 60_000);
  await new Kvm(connection.nats).create(bucketNames.agents, { ttl: 1000, storage: StorageType.File });
  await connection.streams.streams.update(streamNames.results, { description: 'ours', max_msgs: 1_000_000 });
  return connection;
}

test('a server with the streams and buckets of a version with other limits gets those of this one, and keeps what it holds', async () => {
  const connection = await madeByAnotherVersion();
  const { streams } = connection.streams;
  await connection.streams.jetstream().publish('swarm-lab.results.e.1', 'kept');
  const fresh = await connected(await started());
  for (const one of [connection, fresh]) {
    await openStorage(one);
    await openAgents(one);
  }
  const agesOf = async (one: ClusterConnection): Promise<Record<string, number>> => {
    const all = await one.streams.streams.list().next();
    return Object.fromEntries(all.map(({ config }) => [config.name, config.max_age]));
  };
  const ages = await agesOf(connection);
  expect(Object.keys(ages)).toHaveLength(6);
  expect(ages).toEqual(await agesOf(fresh));
  const { config, state } = await streams.info(streamNames.results);
  expect(config).toMatchObject({ description: 'ours', max_msgs: 1_000_000 });
  expect(state.messages).toBe(1);
  // Back again, as where both versions are used in turn.
  await openStorage(connection, 60_000);
  expect((await agesOf(connection))[streamNames.runs]).toBe(60_000 * 1e6);
});

test('a stream that cannot become what is needed is refused with its name and what to do', async () => {
  const connection = await connected(await started());
  await connection.streams.streams.add({
    name: streamNames.results,
    subjects: ['swarm-lab.results.>'],
    storage: StorageType.Memory,
  });
  const refused = openStorage(connection);
  await expect(refused).rejects.toThrow(ConfigError);
  await expect(refused).rejects.toThrow(
    /the stream swarm-lab-results of the NATS server was made by another version .*storage.*\(nats stream rm swarm-lab-results\), or/,
  );
});
