/** Who leads an experiment, with a real server. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { endAll } from '../../../test/support/end-all.ts';
import { connectionTo, JETSTREAM, startNats, type TestServer } from '../../../test/support/nats-server.ts';
import type { ClusterConnection } from '../cluster/connection.ts';
import { Lead } from './lead.ts';

const ends: (() => Promise<unknown>)[] = [];
let server: TestServer;

beforeEach(async () => {
  server = await startNats(JETSTREAM);
  ends.push(() => server.end());
});
afterEach(async () => {
  await endAll(ends);
});

async function connected(): Promise<ClusterConnection> {
  const connection = await connectionTo(server, 'sim');
  ends.push(() => connection.close());
  return connection;
}

const OTHER = new RegExp(`process ${process.pid} on .* goes on with this experiment already`);

test('of several coordinators that begin at once one leads, and the others are refused by its name', async () => {
  const connections = [await connected(), await connected(), await connected()];
  const taken = await Promise.allSettled(connections.map((one) => Lead.take(one, 'e')));
  const reasons = taken.flatMap((one) => (one.status === 'rejected' ? [String(one.reason)] : []));
  expect(reasons).toEqual([expect.stringMatching(OTHER), expect.stringMatching(OTHER)]);
  const elsewhere = await Lead.take(connections[0]!, 'another experiment'.replaceAll(' ', '-'));
  expect(elsewhere.lost.aborted).toBe(false);
});

test('who follows one that has left leads, and so does who follows one that has died', async () => {
  const [first, second, third] = [await connected(), await connected(), await connected()];
  await (await Lead.take(first, 'e')).leave();
  const dying = await Lead.take(second, 'e');
  await second.close();
  const last = await Lead.take(third, 'e');
  expect([dying.lost.aborted, last.lost.aborted]).toEqual([false, false]);
});

test('a restart of the server takes the lead from nobody; one whose entry another has is told so', async () => {
  const [own, other] = [await connected(), await connected()];
  const lead = await Lead.take(own, 'e');
  await server.restart();
  await expect(Lead.take(other, 'e')).rejects.toThrow(OTHER);
  expect(lead.lost.aborted).toBe(false);
  const lost = new Promise((resolve) => lead.lost.addEventListener('abort', resolve));
  // As if it had been silent for too long.
  await other.streams.streams.purge('KV_swarm-lab-leads');
  // Whoever of both is first has it: the other is refused, or told.
  const taken = await Lead.take(other, 'e').catch((error: unknown) => error);
  if (taken instanceof Lead) await lost;
  expect(lead.lost.aborted).toBe(taken instanceof Lead);
});

test('an entry that has ended is renewed by its own only where nobody has led meanwhile, and leaving then tidies nothing', async () => {
  const own = await connected();
  const lead = await Lead.take(own, 'e');
  let isUntouched = true;
  lead.guard(() => Promise.resolve(isUntouched));
  const end = () => own.streams.streams.purge('KV_swarm-lab-leads');
  const renewed = new Promise((resolve) => {
    own.nats.subscribe('$KV.swarm-lab-leads.e', { callback: resolve, max: 2 });
  });
  await end();
  await renewed;
  expect(lead.lost.aborted).toBe(false);
  const lost = new Promise((resolve) => lead.lost.addEventListener('abort', resolve));
  isUntouched = false;
  await end();
  await lost;
  await expect(lead.assured()).rejects.toThrow(
    /another coordinator has gone on with this experiment meanwhile/,
  );
  let isTidied = false;
  await lead.leave(() => {
    isTidied = true;
    return Promise.resolve();
  });
  expect(isTidied).toBe(false);
});
