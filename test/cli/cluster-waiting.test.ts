/** What ends a coordinator that waits for agents, of whom none may ever come. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { serverWith, start, useClusterStage } from '../support/cluster-stage.ts';
import { JETSTREAM } from '../support/nats-server.ts';

useClusterStage();

test.each([
  ['a run over several hosts', ['--engine', 'cluster']],
  ['an experiment', []],
])('%s that waits for agents ends with 130 at Ctrl-C', async (_, words) => {
  const { url } = await serverWith(JETSTREAM);
  const sim = start('sim', 'small', ...words, '--agents', '2', '--cluster', url);
  await sim.says(/waits until 2 agents are there/);
  sim.signal('SIGINT');
  expect(await sim.ends(), sim.output).toMatchObject({ code: 130 });
  expect(sim.output).toMatch(/sim: stopped by SIGINT/);
});

test('a run that waits for agents ends where the server comes back without its store, and says so', async () => {
  const server = await serverWith(JETSTREAM);
  const sim = start('sim', 'small', '--engine', 'cluster', '--agents', '2', '--cluster', server.url);
  await sim.says(/waits until 2 agents are there/);
  await server.kill();
  rmSync(join(server.folder, 'js'), { recursive: true });
  await server.restart();
  expect(await sim.ends(), sim.output).toMatchObject({ code: 2 });
  expect(sim.output).toMatch(/sim: the NATS server at \S+ has come back without what it held: /);
});
