/** What agents do with what they are given, and when they leave. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { streamNames } from '../../src/sim/cluster/names.ts';
import { programId } from '../../src/sim/cluster/program-id.ts';
import {
  agentOf,
  connectTo,
  ends,
  folder,
  passes,
  serverWith,
  start,
  startedProgram,
  useClusterStage,
} from '../support/cluster-stage.ts';
import { JETSTREAM } from '../support/nats-server.ts';

useClusterStage();

const OWN_QUEUE = `${programId(startedProgram())}-virtual`;

/** Minutes of real time, of which nothing waits for the processor. */
const SLOW = ['--set', 'content.generate.size=64MiB', '--set', 'time_limit=1h'];

test('an agent makes its queue again where it is gone, and ends where the store of the runs is', async () => {
  const { url } = await serverWith(JETSTREAM);
  const agent = await agentOf(url, 'a');
  // It is ready before it has its queue; once it has done a run it waits there for the next.
  const first = start('sim', 'small', '--cluster', url, '--out', 'first');
  expect(await first.ends(), first.output).toMatchObject({ code: 0 });
  const { streams } = await connectTo(url);
  // The server (2.9.10) may answer that it could not remove its folder, in which the agent still waits; the queue is gone.
  await streams.consumers.delete(streamNames.runs, OWN_QUEUE).catch((error: unknown) => {
    if (!String(error).includes('directory not empty')) throw error;
  });
  const second = start('sim', 'small', '--cluster', url, '--out', 'second');
  expect(await second.ends(), second.output).toMatchObject({ code: 0 });
  await streams.streams.delete(streamNames.runs);
  expect(await agent.ends(), agent.output).toMatchObject({ code: 2 });
  expect(agent.output).toMatch(
    /agent: the NATS server no longer has the queue of runs .*; start the agent again/,
  );
});

test('an agent that is told to leave does so at once, also while it is a host and runs of an experiment wait', async () => {
  const { url } = await serverWith(JETSTREAM);
  const [leaving, staying] = [await agentOf(url, 'a'), await agentOf(url, 'b')];
  const real = start('sim', 'small', '--engine', 'cluster', ...SLOW, '--cluster', url, '--out', 'real');
  for (const agent of [leaving, staying]) await agent.says(/takes part in a run/);
  await real.says(/peers ready/);
  const { nats } = await connectTo(url);
  const queued = new Promise((resolve) => nats.subscribe('swarm-lab.runs.>', { callback: resolve }));
  await nats.flush();
  const runs = start('sim', 'small', '--repeat', '4', '--cluster', url, '--out', 'runs');
  await queued;
  leaving.signal('SIGTERM');
  expect(await leaving.ends(), leaving.output).toMatchObject({ code: 0 });
  await real.says(/host a was lost: it has left/);
  await real.ends();
  // The other one is free then, and has lost none.
  expect(await runs.ends(), runs.output).toMatchObject({ code: 0 });
});

test('a run in real time has its turn among runs in virtual time, of which there are always more', async () => {
  const { url } = await serverWith(JETSTREAM);
  const agent = await agentOf(url, 'a');
  const virtual = start('sim', 'small', '--repeat', '1000', '--cluster', url, '--out', 'virtual');
  await virtual.says(passes(1));
  const real = start('sim', 'small', '--engine', 'threads', '--cluster', url, '--out', 'real');
  // On a busy machine it is inconclusive.
  expect([0, 3], real.output).toContain((await real.ends()).code);
  virtual.signal('SIGINT');
  expect(await virtual.ends()).toMatchObject({ code: 130 });
  agent.signal('SIGTERM');
  expect(await agent.ends()).toMatchObject({ code: 0 });
});

test('an agent whose disk is full says so and leaves the runs to others; the experiment is that of one machine', async (context) => {
  const disk = join(folder, 'disk');
  mkdirSync(disk);
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'none', disk]).status !== 0) {
    return context.skip('this user may mount nothing');
  }
  ends.push(() => spawnSync('umount', ['--lazy', disk]));
  const { url } = await serverWith(JETSTREAM);
  const full = await agentOf(url, 'full', { TMPDIR: disk });
  const little = ['--set', 'peers.leechers.count=10', '--set', 'content.generate.size=2MiB'];
  const words = ['long', ...little, '--repeat', '3', '--out', 'runs'];
  const sim = start('sim', ...words, '--cluster', url);
  await full.says(/cannot write .*the disk is full; no other run is taken for 10 s/);
  await agentOf(url, 'sound');
  const { code } = await sim.ends();
  // Where the other came too late, the run fails by what is wrong, with the agent.
  if (code !== 0) expect(sim.output).toMatch(/cannot write .*the disk is full \(agent full\)/);
  expect(readdirSync(disk).filter((name) => name.endsWith('.jsonl'))).toEqual([]);
});
