/** Experiments over NATS, with a real server, real agents, and whatever of them dies. */
import type { NatsConnection } from '@nats-io/nats-core';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ownPrefix } from '../../src/core/node/store/left-behind.ts';
import { attemptMessage } from '../../src/sim/agents/messages.ts';
import { streamNames } from '../../src/sim/cluster/names.ts';
import { Presence, type AgentRecord } from '../../src/sim/cluster/presence.ts';
import type { Experiment } from '../../src/sim/experiment/experiment.ts';
import { DRAFT } from '../../src/sim/report/write-report.ts';
import type { RunResult } from '../../src/sim/result/result.ts';
import {
  agentOf,
  connectTo,
  contentOf,
  ends,
  folder,
  passes,
  serverWith,
  SMALL,
  start,
  startedProgram,
  useClusterStage,
} from '../support/cluster-stage.ts';
import { JETSTREAM } from '../support/nats-server.ts';
import type { RunningProgram } from '../support/programs.ts';

useClusterStage();

/** Enough for each of four agents to have several, and for three ends in the midst of them. */
const RUNS = 16;
let byOneMachine: Record<string, string> | undefined;

/** What RUNS runs give without a cluster: always the same, so they are made once. */
async function oneMachine(): Promise<Record<string, string>> {
  if (byOneMachine !== undefined) return byOneMachine;
  const alone = start('sim', 'small', '--repeat', String(RUNS), '--out', 'alone');
  expect(await alone.ends()).toMatchObject({ code: 0 });
  byOneMachine = contentOf('alone');
  expect(Object.keys(byOneMachine)).toHaveLength(RUNS + 1);
  return byOneMachine;
}

/** A coordinator whose runs are in the queue. Without an agent it goes on until one comes. */
async function queuedBy(nats: NatsConnection, words: readonly string[]) {
  const queued = new Promise((resolve) => nats.subscribe('swarm-lab.runs.>', { callback: resolve }));
  await nats.flush();
  const first = start('sim', ...words);
  await queued;
  const [experiment] = readdirSync(join(folder, 'cluster', 'small'));
  return { first, experiment: experiment! };
}

/** A coordinator of three runs that stands still once they are in the queue. */
async function stoppedCoordinator() {
  const { url } = await serverWith(JETSTREAM);
  const words = ['small', '--repeat', '3', '--cluster', url, '--out', 'cluster'];
  const { nats } = await connectTo(url);
  const { first, experiment } = await queuedBy(nats, words);
  first.signal('SIGSTOP');
  return { url, words, nats, first, experiment };
}

/** What there is beside what coordinators know each other by. */
function writtenIn(experiment: string): readonly string[] {
  const own = new Set(['.cluster.json', '.coordinator.lock']);
  return readdirSync(join(folder, 'cluster', 'small', experiment)).filter((name) => !own.has(name));
}

/** A coordinator that leads an experiment whose own was silent for too long. */
async function takenOver(nats: NatsConnection, words: readonly string[], experiment: string) {
  const second = start('sim', ...words, '--resume', experiment);
  await new Promise<void>((resolve) => {
    nats.subscribe('$KV.swarm-lab-leads.*', {
      callback: (_, { data }) => {
        if (new TextDecoder().decode(data).includes(`process ${second.pid} on `)) resolve();
      },
    });
  });
  return { second };
}

test('runs on one, two and four agents give the events and the table of one machine, byte for byte', async () => {
  const expected = await oneMachine();
  const { url } = await serverWith(JETSTREAM);
  let there = 0;
  for (const agents of [1, 2, 4]) {
    while (there < agents) await agentOf(url, `agent-${++there}`);
    const out = String(agents);
    const words = ['small', '--repeat', String(RUNS), '--cluster', url, '--agents', out, '--out', out];
    const sim = start('sim', ...words);
    expect(await sim.ends(), sim.output).toMatchObject({ code: 0 });
    expect(contentOf(out)).toEqual(expected);
  }
});

test('a report that is too large for a message goes through the store of objects, and is that of one machine', async () => {
  const { url } = await serverWith(JETSTREAM);
  const agent = await agentOf(url, 'a');
  const connection = await connectTo(url);
  let objectBytes = 0;
  connection.nats.subscribe('$O.swarm-lab-files.C.>', {
    callback: (_, { data }) => {
      objectBytes += data.length;
    },
  });
  await connection.nats.flush();
  const reports = new Map<string, string>();
  // Much happens in little content.
  writeFileSync(
    join(folder, 'many.yaml'),
    SMALL.replace('256KiB, chunk_size: 16KiB', '1MiB, chunk_size: 1KiB').replace('count: 4', 'count: 8'),
  );
  for (const [out, words] of [
    ['alone', []],
    ['cluster', ['--cluster', url]],
  ] as const) {
    const sim = start('sim', 'many', ...words, '--out', out);
    expect(await sim.ends(), sim.output).toMatchObject({ code: 0 });
    const [run] = readdirSync(join(folder, out, 'many'));
    reports.set(out, readFileSync(join(folder, out, 'many', run!, 'events.jsonl'), 'utf8'));
  }
  expect(objectBytes).toBeGreaterThan(512 * 1024);
  expect(reports.get('cluster') === reports.get('alone')).toBe(true);
  expect(agent.output).toMatch(/runs many/);
});

test('a second coordinator that resumes an experiment which goes on is refused by name', async () => {
  const { url } = await serverWith(JETSTREAM);
  const words = ['small', '--repeat', '3', '--cluster', url, '--out', 'cluster'];
  const { nats } = await connectTo(url);
  const { first, experiment } = await queuedBy(nats, words);
  const second = start('sim', ...words, '--resume', experiment);
  expect(await second.ends(), second.output).toMatchObject({ code: 2 });
  expect(second.output).toContain(`process ${first.pid} on `);
  expect(second.output).toMatch(/goes on with this experiment already; stop it first, or let it end/);
  await agentOf(url, 'a');
  expect(await first.ends(), first.output).toMatchObject({ code: 0 });
});

test('a coordinator on another server is refused while the first goes on, and goes on once that is dead', async () => {
  const [here, elsewhere] = [await serverWith(JETSTREAM), await serverWith(JETSTREAM)];
  const words = ['small', '--repeat', '3', '--out', 'cluster', '--cluster'];
  const { nats } = await connectTo(here.url);
  const { first, experiment } = await queuedBy(nats, [...words, here.url]);
  await agentOf(elsewhere.url, 'a');
  const second = start('sim', ...words, elsewhere.url, '--resume', experiment);
  expect(await second.ends(), second.output).toMatchObject({ code: 2 });
  expect(second.output).toContain(`another coordinator (process ${first.pid} on ${hostname()}) goes on with`);
  expect(second.output).toMatch(/on another NATS server; stop it first, or let it end/);
  expect(writtenIn(experiment)).toEqual([]);
  await first.destroy();
  const third = start('sim', ...words, elsewhere.url, '--resume', experiment);
  expect(await third.ends(), third.output).toMatchObject({ code: 0 });
  const written = readdirSync(join(folder, 'cluster', 'small', experiment));
  expect(written.filter((name) => /^\d/.test(name))).toEqual(['1-small-1', '2-small-2', '3-small-3']);
  expect(written.filter((name) => name.startsWith('.'))).toEqual([]);
});

test('a coordinator that was silent while another took over ends with that, and leaves the folder to the other', async () => {
  const { url, words, nats, first, experiment } = await stoppedCoordinator();
  const { second } = await takenOver(nats, words, experiment);
  first.signal('SIGCONT');
  expect((await first.ends()).code).not.toBe(0);
  expect(first.output).toContain(`process ${second.pid} on `);
  expect(first.output).toMatch(/has taken over this experiment, since this process was silent for too long/);
  expect(writtenIn(experiment)).toEqual([]);
  await agentOf(url, 'a');
  expect(await second.ends(), second.output).toMatchObject({ code: 0 });
});

test('a coordinator that was stopped until another had taken over, finished and left does not wait for ever', async () => {
  const { url, words, first, experiment } = await stoppedCoordinator();
  await agentOf(url, 'a');
  const second = start('sim', ...words, '--resume', experiment);
  expect(await second.ends(), second.output).toMatchObject({ code: 0 });
  first.signal('SIGCONT');
  expect((await first.ends()).code).not.toBe(0);
  expect(first.output).toMatch(/has gone on with this experiment meanwhile, since this process was silent/);
  const own = join(folder, 'cluster', 'small', experiment);
  expect((JSON.parse(readFileSync(join(own, 'experiment.json'), 'utf8')) as Experiment).ending).toBe(
    'completed',
  );
  expect(readdirSync(own).filter((name) => /^\d-small/.test(name))).toHaveLength(3);
});

test('a coordinator that is ended as it comes back leaves the experiment to the one that has taken over', async () => {
  const { url, words, nats, first, experiment } = await stoppedCoordinator();
  const { second } = await takenOver(nats, words, experiment);
  first.signal('SIGTERM');
  first.signal('SIGCONT');
  expect((await first.ends()).code).not.toBe(0);
  expect(writtenIn(experiment)).toEqual([]);
  await agentOf(url, 'a');
  expect(await second.ends(), second.output).toMatchObject({ code: 0 });
});

/** As a browser that is closed again: one that has the page and never listens would be waited for. */
async function lookAt(url: string): Promise<string> {
  const page = await (await fetch(url)).text();
  const news = await fetch(new URL('news', url));
  await news.body!.cancel();
  return page;
}

test('one run has its peers on all agents, once so many are there as it waits for', async () => {
  const server = await serverWith(JETSTREAM);
  const words = [
    'small',
    '--engine',
    'cluster',
    '--cluster',
    server.url,
    '--agents',
    '2',
    '--json',
    '--live',
  ];
  const sim = start('sim', ...words);
  const page = sim.says(/live: (http:\S+)/).then(([, url]) => lookAt(url!));
  await sim.says(/waits until 2 agents are there/);
  const addresses = ['127.0.0.2', '127.0.0.3'];
  for (const address of addresses) {
    const agent = start('agent', '--nats', server.url, '--name', address, '--address', address);
    await agent.says(/is ready/);
  }
  // On a busy machine the run is inconclusive, and whole all the same.
  const { code } = await sim.ends();
  expect([0, 3]).toContain(code);
  const result = JSON.parse(/^\{[^]*^\}$/m.exec(sim.output)![0]) as RunResult;
  expect(result.engine).toBe('cluster');
  expect(await page).toMatch(/^<!doctype html>/i);
  expect(result.peers.map(({ integrity }) => integrity)).toEqual(Array(5).fill('intact'));
  expect(result.trust.host.hosts).toMatchObject(addresses.map((address) => ({ name: address, address })));
});

test('an agent, the server and the coordinator are killed in turn: nothing is lost, and nothing done is done again', async () => {
  const expected = await oneMachine();
  const server = await serverWith(JETSTREAM);
  const agents = [await agentOf(server.url, 'a'), await agentOf(server.url, 'b')];
  const words = ['small', '--repeat', String(RUNS), '--cluster', server.url, '--out', 'cluster'];
  const first = start('sim', ...words);
  await first.says(passes(3));
  await agents[0]!.destroy();
  await first.says(passes(6));
  await server.restart();
  await first.says(passes(9));
  await first.destroy();
  const [experiment] = readdirSync(join(folder, 'cluster', 'small'));
  // What it was writing as it was killed.
  const draft = `${ownPrefix(DRAFT).replace(String(process.pid), String(first.pid))}half`;
  mkdirSync(join(folder, 'cluster', 'small', experiment!, draft));
  writeFileSync(join(folder, 'cluster', 'small', experiment!, draft, 'events.jsonl'), '');
  const second = start('sim', ...words, '--resume', experiment!);
  expect(await second.ends(), second.output).toMatchObject({ code: 0 });
  expect(contentOf('cluster')).toEqual(expected);
  const begun = agents.flatMap(({ output }) => output.match(/^runs small, seed .*$/gm) ?? []);
  // What the killed agent did, and what was on its way when the server died, may have been begun twice.
  expect(begun.length).toBeLessThanOrEqual(RUNS + 2 * agents.length);
  const again = start('sim', ...words, '--resume', experiment!);
  expect(await again.ends()).toMatchObject({ code: 2 });
  expect(again.output).toMatch(/the experiment in .* is complete/);
});

test('a coordinator whose disk is full ends with that, and goes on with what agents have done once there is room', async (context) => {
  const out = join(folder, 'disk');
  mkdirSync(out);
  const mount = (...options: string[]) => spawnSync('mount', ['-t', 'tmpfs', ...options, 'none', out]).status;
  if (mount('-o', 'size=1m') !== 0) return context.skip('this user may mount nothing');
  ends.push(() => spawnSync('umount', ['--lazy', out]));
  const { url } = await serverWith(JETSTREAM);
  const agent = await agentOf(url, 'a');
  const words = ['small', '--repeat', '12', '--cluster', url, '--out', 'disk'];
  const first = start('sim', ...words);
  expect(await first.ends(), first.output).toMatchObject({ code: 2 });
  expect(first.output).toMatch(/no space left on device/);
  const [, experiment] = /the same command with --resume (\S+)/.exec(first.output)!;
  mount('-o', 'remount,size=64m');
  const second = start('sim', ...words, '--resume', experiment!);
  expect(await second.ends(), second.output).toMatchObject({ code: 0 });
  const done = readdirSync(join(out, 'small', experiment!)).filter((name) => /^\d/.test(name));
  expect(done).toHaveLength(12);
  expect(agent.output.match(/runs small/g)).toHaveLength(12);
});

test('a run that three agents die of ends the experiment as failed, with what was measured, and names run and agents', async () => {
  const { url } = await serverWith(JETSTREAM);
  const names = ['a', 'b', 'c', 'd'];
  const agents = new Map<string, RunningProgram>();
  for (const name of names) agents.set(name, await agentOf(url, name));
  const connection = await connectTo(url);
  connection.nats.subscribe('swarm-lab.attempts.*.2.*', {
    callback: (_, message) =>
      agents.get(attemptMessage.decode(message.data, message.subject).agentName)!.signal('SIGKILL'),
  });
  await connection.nats.flush();
  const sim = start('sim', 'small', '--repeat', '6', '--cluster', url, '--out', 'cluster');
  expect(await sim.ends(), sim.output).toMatchObject({ code: 1 });
  expect(sim.output).toMatch(
    /2-small-2: 3 agents were lost while they did this run, one after another \(\w, \w, \w\)/,
  );
  const [name] = readdirSync(join(folder, 'cluster', 'small'));
  const file = join(folder, 'cluster', 'small', name!, 'experiment.json');
  const { ending, runs } = JSON.parse(readFileSync(file, 'utf8')) as Experiment;
  expect({ ending, runs: runs.length }).toEqual({ ending: 'failed', runs: 5 });
});

test('a run that is too large for an agent goes to one that can do it; without one it fails by what is short', async () => {
  const { url } = await serverWith(JETSTREAM);
  // Some 130 MiB by the estimate, whatever the chunks.
  const large = SMALL.replace('chunk_size: 16KiB', 'chunk_size: 64KiB').replace('count: 4', 'count: 40');
  writeFileSync(join(folder, 'large.yaml'), large);
  const small = await agentOf(url, 'small', { NODE_OPTIONS: '--max-old-space-size=64' });
  const alone = start('sim', 'large', '--cluster', url, '--out', 'alone');
  expect(await alone.ends(), alone.output).toMatchObject({ code: 2 });
  expect(alone.output).toMatch(/large cannot be run: memory: .* needed, .* available; /);
  await agentOf(url, 'large');
  const both = start('sim', 'large', '--repeat', '3', '--cluster', url, '--out', 'both');
  expect(await both.ends(), both.output).toMatchObject({ code: 0 });
  expect(both.output).toMatch(passes(3));
  expect(small.output).toMatch(/gives a run to another: large cannot be run: memory: /);
});

test('Ctrl-C at the coordinator ends the work of all agents within two seconds, who are there for the next', async () => {
  const { url } = await serverWith(JETSTREAM);
  const agents = [await agentOf(url, 'a'), await agentOf(url, 'b')];
  // Minutes of work each: what ends it is nothing else.
  const endless = ['--set', 'peers.leechers.count=400', '--set', 'time_limit=1h'];
  const sim = start('sim', 'long', ...endless, '--repeat', '20', '--cluster', url, '--out', 'cluster');
  for (const agent of agents) await agent.says(/runs long/);
  const signalledMs = performance.now();
  sim.signal('SIGINT');
  for (const agent of agents) await agent.says(/ends a run, since its experiment was stopped/);
  expect(performance.now() - signalledMs).toBeLessThan(2000);
  expect(await sim.ends()).toMatchObject({ code: 130 });
  const [experiment] = readdirSync(join(folder, 'cluster', 'long'));
  expect(sim.output).toContain(`the same command with --resume ${experiment!}`);
  const connection = await connectTo(url);
  const { state } = await connection.streams.streams.info(streamNames.runs);
  expect(state.messages).toBe(0);
  const next = start('sim', 'small', '--repeat', '2', '--cluster', url, '--out', 'next');
  expect(await next.ends(), next.output).toMatchObject({ code: 0 });
  for (const agent of agents) {
    agent.signal('SIGTERM');
    expect(await agent.ends()).toMatchObject({ code: 0 });
  }
});

/** An agent that is there and does nothing. */
async function announced(url: string, name: string, about: Partial<AgentRecord>): Promise<Presence> {
  const presence = await Presence.announce(await connectTo(url), {
    name,
    program: startedProgram(),
    cores: 2,
    memoryBytes: 2 ** 40,
    openFilesMax: 1_000_000,
    addresses: [],
    lanes: 1,
    ...about,
  });
  ends.push(() => presence.leave());
  return presence;
}

test('--plan tells of each host what its part of a run over all takes there, and where the processor will not do', async () => {
  const { url } = await serverWith(JETSTREAM);
  await announced(url, 'large', { cores: 64, addresses: ['10.0.0.1'] });
  await announced(url, 'small', { cores: 1, addresses: ['10.0.0.2'] });
  const words = ['small', '--engine', 'cluster', '--cluster', url, '--set', 'peers.leechers.count=39'];
  const plan = start('sim', ...words, '--plan');
  expect(await plan.ends(), plan.output).toMatchObject({ code: 0 });
  expect(plan.output).toMatch(/host small +20 peers in 21 threads, .* on 1\s+core\n/);
  expect(plan.output).toMatch(/host large +20 peers in 21 threads, .* on 64\s+cores\n/);
  expect(plan.output).toMatch(/will not be trustworthy: [^]* 1 core, of\s+host\s+small,\s+has/);
  const hopeless = start('sim', ...words, '--set', 'time_limit=100ms');
  expect(await hopeless.ends(), hopeless.output).toMatchObject({ code: 2 });
  expect(hopeless.output).toMatch(/the limit of 100 ms is below the lower bound/);
});

test('--plan tells what the machines of the agents have, and that these decide what they can run', async () => {
  const { url } = await serverWith(JETSTREAM);
  await announced(url, 'large', { cores: 64, lanes: 64 });
  const plan = start(
    'sim',
    ...['small', '--engine', 'threads', '--set', 'peers.leechers.count=1000'],
    ...['--set', 'content.generate.size=16GiB', '--set', 'content.generate.chunk_size=16MiB'],
    ...['--cluster', url, '--plan'],
  );
  expect(await plan.ends(), plan.output).toMatchObject({ code: 0 });
  expect(plan.output).toMatch(/the agent that gets the run decides when it begins; not on this machine: /);
  expect(plan.output).toMatch(
    /cluster: 1 agent, 64 runs.*\n {2}1 with 64 cores, 1 TiB of memory, up to 1000000 open files/,
  );
});
