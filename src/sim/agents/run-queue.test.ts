/** What a coordinator keeps in the queue, with a real server. */
import { afterEach, expect, test } from 'vitest';
import { endAll } from '../../../test/support/end-all.ts';
import { connectionTo, JETSTREAM, startNats } from '../../../test/support/nats-server.ts';
import { partsOf, subjects } from '../cluster/names.ts';
import { programOf } from '../cluster/program-id.ts';
import { readEnvironment } from '../environment.ts';
import { expand } from '../expand/expand.ts';
import { parseScenario } from '../scenario/parse.ts';
import { resultMessage } from './messages.ts';
import { packReport } from './report-pack.ts';
import { RunQueue, type RunQueueOptions } from './run-queue.ts';
import { openStorage } from './storage.ts';

const ends: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  await endAll(ends);
});

const PLAN = expand(
  parseScenario(
    'content: { generate: { size: 1MiB } }\npeers: { a: { holds: all }, b: {} }\nengine: virtual\n',
    'a.yaml',
  ),
);

/** The experiment `e`, and the connection of somebody who does its runs. */
async function opened(kept?: RunQueueOptions['kept']) {
  const server = await startNats(JETSTREAM);
  ends.push(() => server.end());
  const [connection, agent] = [await connectionTo(server, 'sim'), await connectionTo(server, 'agent')];
  ends.push(
    () => connection.close(),
    () => agent.close(),
  );
  const queue = await RunQueue.open({
    connection,
    experiment: 'e',
    scenario: 'a',
    program: programOf(readEnvironment()),
    signal: new AbortController().signal,
    ...(kept !== undefined && { kept }),
  });
  ends.push(() => queue.close());
  return { queue, agent };
}

test('runs that wait for an agent for longer than the server keeps them are put into the queue again, and only those', async () => {
  const { queue, agent } = await opened({ forMs: 2000, lookMs: 250 });
  const published: string[] = [];
  const whenPublished = (count: number): Promise<void> =>
    new Promise((resolve) => {
      agent.nats.subscribe(subjects.allRuns, {
        callback: (_, { subject }) => {
          if (published.push(partsOf(subject).run) === count) resolve();
        },
      });
    });
  const again = whenPublished(4);
  await agent.nats.flush();
  const failed = ['1', '2'].map((run) => queue.run(run, PLAN, 'unused', undefined).catch(String));
  await again;
  expect(published.toSorted()).toEqual(['1', '1', '2', '2']);

  const { experiments } = await openStorage(agent, 2000);
  expect((await experiments.get('e'))?.operation).toBe('PUT');
  expect(queue.lost.aborted).toBe(false);

  const outcome = {
    kind: 'failed',
    error: { name: 'Error', code: 'ENGINE', message: 'as the test wants' },
  } as const;
  for (const run of ['1', '2']) {
    const result = resultMessage.encode({ agentName: 'agent', outcome });
    await agent.streams.jetstream().publish(subjects.results('e', run), result);
  }
  expect(await Promise.all(failed)).toEqual([
    expect.stringContaining('as the test wants'),
    expect.stringContaining('as the test wants'),
  ]);
});

test('a report that came damaged fails its run, with the run and the agent, and no other', async () => {
  const { queue, agent } = await opened();
  const told = ['1', '2', '3'].map((run) =>
    queue.run(run, PLAN, 'unused', { parent: 'unused', name: `${run}-a` }).catch(String),
  );
  const report = packReport(new Map([['result.json', '{}']]));
  const outcome = { kind: 'report', report: { kind: 'attached' } } as const;
  for (const [run, attached] of [
    ['1', undefined],
    ['2', report.subarray(0, report.length - 1)],
    ['3', report],
  ] as const) {
    const result = resultMessage.encode({ agentName: 'x', outcome }, attached);
    await agent.streams.jetstream().publish(subjects.results('e', run), result);
  }
  const failures = await Promise.all(told);
  for (const [index, failure] of failures.entries()) {
    expect(failure).toMatch(/^RemoteProtocolError: \d-a: a report came damaged: .* \(agent x\)$/);
    expect(failure).toContain(`: ${index + 1}-a: `);
  }
});
