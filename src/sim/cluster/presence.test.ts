import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { endAll } from '../../../test/support/end-all.ts';
import { connectionTo, JETSTREAM, startNats } from '../../../test/support/nats-server.ts';
import type { ClusterConnection } from './connection.ts';
import { AgentsView, openAgents, Presence } from './presence.ts';

const ends: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  await endAll(ends);
});

const about = {
  name: 'host-1',
  program: { version: '1', commit: null, node: 'v20' },
  cores: 2,
  memoryBytes: 1e9,
  openFilesMax: 1024,
  addresses: ['10.0.0.1'],
  lanes: 2,
};

async function cluster(): Promise<() => Promise<ClusterConnection>> {
  const server = await startNats(JETSTREAM);
  ends.push(() => server.end());
  return async () => {
    const connection = await connectionTo(server);
    ends.push(() => connection.close());
    return connection;
  };
}

test('an agent is seen with what it has and how exact its clock is, and is gone once it has left', async () => {
  const connect = await cluster();
  const presence = await Presence.announce(await connect(), about);
  const gone = new Promise<string>((resolve) => {
    void connect().then(async (connection) => {
      const view = await AgentsView.open(connection, { onGone: ({ name }) => resolve(name) });
      expect(view.agents).toEqual([{ ...about, id: presence.record.id, clock: expect.anything() }]);
      expect(view.agents[0]!.clock!.errorMs).toBeGreaterThan(0);
      await presence.leave();
    });
  });
  await expect(gone).resolves.toBe('host-1');
});

test('an entry that is none is refused by its key', async () => {
  const connect = await cluster();
  const connection = await connect();
  const bad = new Promise<string>((resolve) => {
    void AgentsView.open(connection, { onBad: ({ message }) => resolve(message) }).then(async () => {
      const agents = await openAgents(connection);
      await agents.put('intruder', '{"v":1,"kind":"agent","body":{"name":5}}');
    });
  });
  await expect(bad).resolves.toMatch(/agent intruder: this is not a message "agent" of the laboratory: id: /);
});

test('all who are there are known, also where they announce themselves at that very moment', async () => {
  const connect = await cluster();
  const [theirs, own] = [await connect(), await connect()];
  const { record } = await Presence.announce(theirs, about);
  const agents = await openAgents(theirs);
  const beat = (id: string) =>
    agents.put(id, JSON.stringify({ v: 1, kind: 'agent', body: { ...record, id } }));
  const ids = [record.id, 'second', 'third'];
  for (let round = 1; round <= 100; round++) {
    await Promise.all(ids.map(beat));
    // In the middle of the opening, a little later each time.
    const late = own.nats
      .flush()
      .then(() => delay(round % 5))
      .then(() => Promise.all([...ids, ...ids].map(beat)));
    const view = await AgentsView.open(own);
    expect(view.agents.map(({ id }) => id).toSorted()).toEqual(ids.toSorted());
    view.stop();
    await late;
  }
});
