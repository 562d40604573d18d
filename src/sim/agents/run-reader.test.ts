/** Who gets which run of a queue, with a real server. */
import { afterEach, expect, test } from 'vitest';
import { endAll } from '../../../test/support/end-all.ts';
import { connectionTo, JETSTREAM, startNats, type TestServer } from '../../../test/support/nats-server.ts';
import type { ClusterConnection } from '../cluster/connection.ts';
import { partsOf, streamNames, subjects } from '../cluster/names.ts';
import { RunReader } from './run-reader.ts';
import { openQueue, openStorage } from './storage.ts';

const ends: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  await endAll(ends);
});

async function connected(server: TestServer): Promise<ClusterConnection> {
  const connection = await connectionTo(server);
  ends.push(() => connection.close());
  return connection;
}

interface Opened {
  readonly server: TestServer;
  readonly connection: ClusterConnection;
  readonly queue: string;
}

async function opened(): Promise<Opened> {
  const server = await startNats(JETSTREAM);
  ends.push(() => server.end());
  const connection = await connected(server);
  await openStorage(connection);
  return { server, connection, queue: await openQueue(connection, 'program', 'virtual') };
}

async function put(connection: ClusterConnection, ...runs: string[]): Promise<void> {
  for (const run of runs) {
    const subject = subjects.runs('program', 'virtual', 'e', run);
    await connection.persist(() => connection.streams.jetstream().publish(subject, 'x', { msgID: run }));
  }
}

async function reader(
  connection: ClusterConnection,
  queue: string,
  signal?: AbortSignal,
): Promise<RunReader> {
  const runs = await RunReader.open(connection, queue, signal ?? new AbortController().signal);
  ends.push(() => {
    runs.rest();
    return Promise.resolve();
  });
  return runs;
}

/** Runs that nobody has been given. */
async function waiting(connection: ClusterConnection, queue: string): Promise<number> {
  const info = await connection.persist(() => connection.streams.consumers.info(streamNames.runs, queue));
  return info.num_pending;
}

async function nextOf(runs: RunReader): Promise<string> {
  const message = await runs.next();
  await message.ackAck();
  return partsOf(message.subject).run;
}

test('whoever does a run has no other waiting, and a second agent that asks gets that one', async () => {
  const { server, connection, queue } = await opened();
  const busy = await reader(connection, queue);
  const first = busy.next();
  await put(connection, '1', '2', '3');
  expect(partsOf((await first).subject).run).toBe('1');
  expect(await waiting(connection, queue)).toBe(2);
  const second = await reader(await connected(server), queue);
  expect(await nextOf(second)).toBe('2');
  expect(await nextOf(second)).toBe('3');
});

test('after an outage, too, one run is asked for at a time, whether somebody waited through it or did a run', async () => {
  const { server, connection, queue } = await opened();
  const [busy, idle] = [await reader(connection, queue), await reader(connection, queue)];
  const given = busy.next();
  await put(connection, '1');
  await (await given).ackAck();
  const waited = nextOf(idle);
  await server.kill();
  await server.restart();
  await put(connection, '2');
  expect(await waited).toBe('2');
  const next = busy.next();
  await put(connection, '3', '4', '5');
  expect(partsOf((await next).subject).run).toBe('3');
  expect(await waiting(connection, queue)).toBe(2);
});

test('one that rests between two runs gets the next as any other', async () => {
  const { connection, queue } = await opened();
  const runs = await reader(connection, queue);
  await put(connection, '1', '2');
  expect(await nextOf(runs)).toBe('1');
  runs.rest();
  expect(await nextOf(runs)).toBe('2');
});

test('to wait for a run ends with the signal, and with the queue', async () => {
  const { connection, queue } = await opened();
  const stop = new AbortController();
  const stopped = (await reader(connection, queue, stop.signal)).next();
  const lost = (await reader(connection, queue)).next();
  const isEnded = expect(stopped).rejects.toThrow('enough');
  stop.abort(new Error('enough'));
  await isEnded;
  await Promise.all([
    expect(lost).rejects.toThrow(/consumer deleted/),
    connection.streams.consumers.delete(streamNames.runs, queue),
  ]);
});
