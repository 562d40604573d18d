/** Experiments over NATS, with a real server, real agents, and whatever of them dies. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, inject, test } from 'vitest';
import { ownPrefix } from '../../src/core/node/store/left-behind.ts';
import { attemptMessage, experimentMessage } from '../../src/sim/agents/messages.ts';
import { openStorage } from '../../src/sim/agents/storage.ts';
import { readClusterAddress } from '../../src/sim/cluster/cluster-address.ts';
import { ClusterConnection } from '../../src/sim/cluster/connection.ts';
import { streamNames } from '../../src/sim/cluster/names.ts';
import { programOf } from '../../src/sim/cluster/program-id.ts';
import { readEnvironment } from '../../src/sim/environment.ts';
import { Presence } from '../../src/sim/cluster/presence.ts';
import { DRAFT } from '../../src/sim/report/write-report.ts';
import type { RunResult } from '../../src/sim/result/result.ts';
import type { Experiment } from '../../src/sim/experiment/experiment.ts';
import { JETSTREAM, startNats, type TestServer } from '../support/nats-server.ts';
import { operatorOf } from '../support/nats-operator.ts';
import { RunningProgram } from '../support/programs.ts';

const SMALL = `# Is it the same everywhere?
content: { generate: { size: 256KiB, chunk_size: 16KiB } }
peers: { seeder: { holds: all, link: { up: 8Mbit/s } }, leechers: { count: 4, link: { up: 8Mbit/s, latency: 5ms } } }
engine: virtual
`;
/** Takes a second or two, and much longer where it is busy. */
const LONG = SMALL.replace('256KiB', '32MiB').replace('count: 4', 'count: 40');

const ends: (() => unknown)[] = [];
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cluster-test-'));
  ends.push(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, 'small.yaml'), SMALL);
  writeFileSync(join(folder, 'long.yaml'), LONG);
});

afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

function start(program: 'sim' | 'agent', ...words: string[]): RunningProgram {
  const running = new RunningProgram(inject('bundleFolder'), program, words, folder);
  ends.push(() => running.destroy());
  return running;
}

async function serverWith(config: string): Promise<TestServer & { readonly url: string }> {
  const server = await startNats(config);
  ends.push(() => server.end());
  return { ...server, url: `nats://127.0.0.1:${server.port}` };
}

async function agentOf(url: string, name: string): Promise<RunningProgram> {
  const agent = start('agent', '--nats', url, '--name', name, '--lanes', '1');
  await agent.says(/is ready/);
  return agent;
}

async function connectTo(url: string): Promise<ClusterConnection> {
  const connection = await ClusterConnection.open(readClusterAddress(url, {}, {}), {
    name: 'test',
    signal: new AbortController().signal,
  });
  ends.push(() => connection.close());
  return connection;
}

/** Events of each run, and the table of all. */
function contentOf(out: string): Record<string, string> {
  const scenario = join(folder, out, 'small');
  const [experiment] = readdirSync(scenario);
  const files = readdirSync(join(scenario, experiment!), { recursive: true, encoding: 'utf8' });
  const wanted = files.filter((file) => /events\.jsonl$|experiment\.csv$/.test(file)).toSorted();
  return Object.fromEntries(
    wanted.map((file) => [file, readFileSync(join(scenario, experiment!, file), 'utf8')]),
  );
}

async function oneMachine(repeat: number): Promise<Record<string, string>> {
  const alone = start('sim', 'small', '--repeat', String(repeat), '--out', 'alone');
  expect(await alone.ends()).toMatchObject({ code: 0 });
  return contentOf('alone');
}

/** Empty where no command line has the text. */
function processesWith(text: string): string {
  const all = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return all
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
      } catch {
        // It has ended meanwhile.
        return '';
      }
    })
    .filter((line) => line.includes(text))
    .join('\n');
}

const passes = (count: number): RegExp => new RegExp(`(pass with seed[^]*){${count}}`);

test('40 runs on one, two and four agents give the events and the table of one machine, byte for byte', async () => {
  const expected = await oneMachine(40);
  expect(Object.keys(expected)).toHaveLength(41);
  const { url } = await serverWith(JETSTREAM);
  let there = 0;
  for (const agents of [1, 2, 4]) {
    while (there < agents) await agentOf(url, `agent-${++there}`);
    const out = String(agents);
    const sim = start('sim', 'small', '--repeat', '40', '--cluster', url, '--agents', out, '--out', out);
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
    SMALL.replace('256KiB, chunk_size: 16KiB', '1MiB, chunk_size: 1KiB').replace('count: 4', 'count: 16'),
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
  const queued = new Promise((resolve) => nats.subscribe('swarm-lab.runs.>', { callback: resolve }));
  await nats.flush();
  // Without an agent it goes on until one comes.
  const first = start('sim', ...words);
  await queued;
  const [experiment] = readdirSync(join(folder, 'cluster', 'small'));
  const second = start('sim', ...words, '--resume', experiment!);
  expect(await second.ends(), second.output).toMatchObject({ code: 2 });
  expect(second.output).toContain(`process ${first.pid} on `);
  expect(second.output).toMatch(/goes on with this experiment already; stop it first, or let it end/);
  await agentOf(url, 'a');
  expect(await first.ends(), first.output).toMatchObject({ code: 0 });
});

test('one run has its peers on all agents, once so many are there as it waits for', async () => {
  const server = await serverWith(JETSTREAM);
  const words = ['small', '--engine', 'cluster', '--cluster', server.url, '--agents', '2', '--json'];
  const sim = start('sim', ...words);
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
  expect(result.peers.map(({ integrity }) => integrity)).toEqual(Array(5).fill('intact'));
  expect(result.trust.host.hosts).toMatchObject(addresses.map((address) => ({ name: address, address })));
});

test('an agent, the server and the coordinator are killed in turn: nothing is lost, and nothing done is done again', async () => {
  const runs = 30;
  const expected = await oneMachine(runs);
  const server = await serverWith(JETSTREAM);
  const agents = [await agentOf(server.url, 'a'), await agentOf(server.url, 'b')];
  const words = ['small', '--repeat', String(runs), '--cluster', server.url, '--out', 'cluster'];
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
  expect(begun.length).toBeLessThanOrEqual(runs + 2 * agents.length);
  const again = start('sim', ...words, '--resume', experiment!);
  expect(await again.ends()).toMatchObject({ code: 2 });
  expect(again.output).toMatch(/the experiment in .* is complete/);
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

test('Ctrl-C at the coordinator takes the work from all agents, who are there for the next', async () => {
  const { url } = await serverWith(JETSTREAM);
  const agent = await agentOf(url, 'a');
  const sim = start('sim', 'long', '--repeat', '20', '--cluster', url, '--out', 'cluster');
  await agent.says(/runs long/);
  sim.signal('SIGINT');
  expect(await sim.ends()).toMatchObject({ code: 130 });
  const connection = await connectTo(url);
  const { state } = await connection.streams.streams.info(streamNames.runs);
  expect(state.messages).toBe(0);
  const next = start('sim', 'small', '--cluster', url, '--out', 'next');
  expect(await next.ends(), next.output).toMatchObject({ code: 0 });
  agent.signal('SIGTERM');
  expect(await agent.ends()).toMatchObject({ code: 0 });
});

test('--plan tells what the machines of the agents have, and that these decide what they can run', async () => {
  const { url } = await serverWith(JETSTREAM);
  const presence = await Presence.announce(await connectTo(url), {
    name: 'large',
    program: programOf(readEnvironment()),
    cores: 64,
    memoryBytes: 2 ** 40,
    openFilesMax: 1_000_000,
    addresses: [],
    lanes: 64,
  });
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
  await presence.leave();
});

describe('an embedded cluster', () => {
  test('does a run of real peers on its agent', async () => {
    const sim = start('sim', 'small', '--engine', 'threads', '--cluster', 'embedded', '--json');
    // On a busy machine the run is inconclusive, and whole all the same.
    expect([0, 3], sim.output).toContain((await sim.ends()).code);
    const result = JSON.parse(/^\{[^]*^\}$/m.exec(sim.output)![0]) as RunResult;
    expect(result.engine).toBe('threads');
    expect(result.peers.map(({ integrity }) => integrity)).toEqual(Array(5).fill('intact'));
  });

  test('leaves nothing when it is stopped: no process, no file', async () => {
    const own = join(folder, 'tmp');
    mkdirSync(own);
    const words = ['small', '--repeat', '300', '--cluster', 'embedded', '--agents', '2'];
    const sim = new RunningProgram(inject('bundleFolder'), 'sim', words, folder, { TMPDIR: own });
    ends.push(() => sim.destroy());
    await sim.says(passes(2));
    const config = join(
      own,
      readdirSync(own).find((name) => name.startsWith('swarm-lab-nats'))!,
    );
    expect(processesWith(config)).not.toBe('');
    sim.signal('SIGINT');
    expect(await sim.ends()).toMatchObject({ code: 130 });
    expect(readdirSync(own)).toEqual([]);
    expect(processesWith(config)).toBe('');
  });

  test('without nats-server says in one line how to get it', async () => {
    const words = ['small', '--cluster', 'embedded'];
    const sim = new RunningProgram(inject('bundleFolder'), 'sim', words, folder, { PATH: folder });
    ends.push(() => sim.destroy());
    expect(await sim.ends()).toMatchObject({ code: 2 });
    expect(sim.output.trim()).toMatch(/^sim: nats-server is not installed, .*apt-get install nats-server.*$/);
  });
});

describe('who is refused', () => {
  test('whoever has no credentials, with where to put them', async () => {
    const { url } = await serverWith(`${JETSTREAM}\nauthorization { token: secret }`);
    for (const words of [
      ['agent', '--nats'],
      ['sim', 'small', '--cluster'],
    ] as const) {
      const [program, ...rest] = words;
      const running = start(program, ...rest, url);
      expect(await running.ends()).toMatchObject({ code: 2 });
      expect(running.output).toMatch(/refuses the credentials .*NATS_TOKEN/);
    }
  });

  test('not whoever has a file of credentials of the operator that the server trusts', async () => {
    const { config, creds } = operatorOf();
    const { url } = await serverWith(`${JETSTREAM}\n${config}`);
    const file = join(folder, 'user.creds');
    writeFileSync(file, creds);
    const agent = start('agent', '--nats', url, '--creds', file, '--lanes', '1');
    await agent.says(/is ready/);
    const sim = start('sim', 'small', '--cluster', url, '--creds', file);
    expect(await sim.ends(), sim.output).toMatchObject({ code: 0 });
    writeFileSync(file, operatorOf().creds);
    const stranger = start('sim', 'small', '--cluster', url, '--creds', file);
    expect(await stranger.ends()).toMatchObject({ code: 2 });
    expect(stranger.output).toMatch(/refuses the credentials .*NATS_CREDS/);
  });

  test('an agent of another program, by the coordinator; a coordinator of another program, by the agent', async () => {
    const { url } = await serverWith(JETSTREAM);
    const connection = await connectTo(url);
    const program = { version: '9.9.9', commit: 'abc', node: 'v99' };
    const presence = await Presence.announce(connection, {
      name: 'stranger',
      program,
      cores: 1,
      memoryBytes: 1,
      openFilesMax: null,
      addresses: [],
      lanes: 1,
    });
    const sim = start('sim', 'small', '--cluster', url);
    expect(await sim.ends()).toMatchObject({ code: 2 });
    expect(sim.output).toMatch(
      /agent stranger is refused: it runs swarm-lab 9\.9\.9 of commit abc on Node v99/,
    );
    expect(sim.output).toMatch(/no agent of the cluster runs the same program/);
    await presence.leave();
    const { experiments } = await openStorage(connection);
    await experiments.put('other', experimentMessage.encode({ scenario: 'theirs', program }));
    const agent = start('agent', '--nats', url);
    await agent.says(/the experiment theirs is refused: it is by swarm-lab 9\.9\.9 of commit abc/);
    expect(agent.output).not.toMatch(/runs theirs/);
  });

  test('options that cannot go with a cluster, by name', async () => {
    for (const [option, message] of [
      [['--live'], /--cluster and --live exclude each other/],
      [['--against', 'main'], /--cluster and --against exclude each other/],
      [['--tracker-port', '5100'], /--cluster and --tracker-port exclude each other/],
    ] as const) {
      const sim = start('sim', 'small', '--cluster', 'nats://127.0.0.1:1', ...option);
      expect(await sim.ends()).toMatchObject({ code: 2 });
      expect(sim.output).toMatch(message);
    }
  });
});
