/** A run over several hosts, with a real NATS server between them and the coordinator. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { KIB, peerWorkerFile, runRecorded, swarmPlan } from '../../../test/sim/fault-run.ts';
import { endAll } from '../../../test/support/end-all.ts';
import { connectionTo, JETSTREAM, startNats, type TestServer } from '../../../test/support/nats-server.ts';
import { Turns } from '../agents/turns.ts';
import type { ClusterConnection } from '../cluster/connection.ts';
import { AgentsView, Presence, type AgentRecord } from '../cluster/presence.ts';
import { clusterEngine } from '../engines/cluster/cluster-engine.ts';
import type { RunWatcher } from '../engines/engine.ts';
import type { RecordedRun } from '../measure/fixture.ts';
import type { Plan } from '../plan/plan.ts';
import { HostService } from './host-service.ts';
import { NatsHostLink } from './nats-host-link.ts';
import { claim, claimAnswer, claimSubject } from './wire.ts';

const ends: (() => Promise<unknown>)[] = [];
let server: TestServer;
let folder: string;
let told: string[];

beforeEach(async () => {
  told = [];
  folder = mkdtempSync(join(tmpdir(), 'hosts-test-'));
  mkdirSync(join(folder, 'tmp'));
  server = await startNats(JETSTREAM);
  ends.push(() => server.end());
  vi.stubEnv('TMPDIR', join(folder, 'tmp'));
});
afterEach(async () => {
  await endAll(ends);
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

async function connected(name: string): Promise<ClusterConnection> {
  const connection = await connectionTo(server, name);
  ends.push(() => connection.close());
  return connection;
}

interface TestHost {
  readonly connection: ClusterConnection;
  readonly service: HostService;
  readonly agent: AgentRecord;
}

/** The part of an agent that hosts peers. */
async function host(name: string, address: string, turns = new Turns()): Promise<TestHost> {
  const connection = await connected(`agent ${name}`);
  const presence = await Presence.announce(connection, {
    name,
    program: { version: '1', commit: null, node: process.version },
    cores: 2,
    memoryBytes: 0,
    openFilesMax: null,
    addresses: [address],
    lanes: 1,
  });
  const service = new HostService(
    {
      connection,
      workerFile: peerWorkerFile(),
      takeTurn: () => turns.takeNow(),
      tell: (line) => told.push(`${name}: ${line}`),
    },
    { agentId: presence.record.id, address },
  );
  ends.push(() => service.close());
  ends.push(() => presence.leave());
  return { connection, service, agent: presence.record };
}

/** For what a test does by hand. */
async function linkTo({ agent }: TestHost, signal?: AbortSignal) {
  const connection = await connectionTo(server, 'coordinator', signal);
  ends.push(() => connection.close());
  return { connection, link: new NatsHostLink(connection, agent) };
}

async function runOnAll(plan: Plan, watcher: Partial<RunWatcher> = {}): Promise<RecordedRun> {
  const connection = await connected('coordinator');
  const view = await AgentsView.open(connection);
  const agents = [...view.agents].sort((a, b) => (a.name < b.name ? -1 : 1));
  view.stop();
  const hosts = () => agents.map((agent) => new NatsHostLink(connection, agent));
  return runRecorded(clusterEngine({ hosts }), plan, watcher);
}

const slowPlan = swarmPlan({ leechers: 3, upBytesPerSec: 256 * KIB });

describe('a run over hosts on NATS', () => {
  test('completes, with every peer on the host that was chosen for it, and leaves nothing behind', async () => {
    await host('a', '127.0.0.2');
    await host('b', '127.0.0.3');
    const record = await runOnAll(swarmPlan({ leechers: 3 }));
    expect(record.ending).toBe('completed');
    expect(record.peers.map(({ integrity }) => integrity)).toEqual(Array(4).fill('intact'));
    expect(record.host.hosts).toMatchObject([
      { name: 'a', peers: 2 },
      { name: 'b', peers: 2 },
    ]);
    expect(told).toContain('a: takes part in a run over several hosts');
    await vi.waitFor(() => expect(told).toContain('b: its part of the run is over'), 20_000);
    expect(readdirSync(join(folder, 'tmp'))).toEqual([]);
  });

  test('ends when a host falls silent, with which one it was', async () => {
    await host('a', '127.0.0.2');
    const b = await host('b', '127.0.0.3');
    const record = await runOnAll(slowPlan, {
      onLiveEvent: ({ type }) => {
        if (type === 'chunk-received') void b.connection.nats.close();
      },
    });
    expect(record).toMatchObject({
      ending: 'aborted',
      abortedBy: 'host b was lost: it was not heard of for 8 s',
    });
    expect(record.host.hosts).toMatchObject([
      { name: 'a', lost: false },
      { name: 'b', lost: true },
    ]);
  });

  test('ends at once when an agent is told to leave', async () => {
    await host('a', '127.0.0.2');
    const b = await host('b', '127.0.0.3');
    const record = await runOnAll(slowPlan, {
      onLiveEvent: ({ type }) => {
        if (type === 'chunk-received') void b.service.close();
      },
    });
    expect(record.abortedBy).toBe('host b was lost: it has left');
  });

  test('an agent that has something else to do is told as busy, not as lost, with what to do', async () => {
    const turns = new Turns();
    await turns.take('virtual', new AbortController().signal);
    await host('a', '127.0.0.2', turns);
    await expect(runOnAll(slowPlan)).rejects.toThrow(
      'host a is busy: it does runs of an experiment; wait until that is over, or end this agent',
    );
  });

  test('an agent keeps all else away while it has a part of a run, and is free after it', async () => {
    const turns = new Turns();
    const { service } = await host('a', '127.0.0.2', turns);
    const order: string[] = [];
    const record = await runOnAll(swarmPlan({ leechers: 1 }), {
      onReady: () =>
        void turns
          .take('virtual', new AbortController().signal)
          .then(() => order.push(service.isHost ? 'beside it' : 'after it')),
    });
    expect(record.ending).toBe('completed');
    await vi.waitFor(() => expect(order).toEqual(['after it']), 20_000);
  });

  test('a host that cannot remove what it has made says so, and is free for the next run all the same', async (context) => {
    const turns = new Turns();
    await host('a', '127.0.0.2', turns);
    const temporary = join(folder, 'tmp');
    let mounted: string | undefined;
    const record = await runOnAll(swarmPlan({ leechers: 1 }), {
      onReady: () => {
        const stuck = join(temporary, readdirSync(temporary)[0]!, 'stuck');
        mkdirSync(stuck);
        // What is mounted there cannot be removed by anybody.
        if (spawnSync('mount', ['-t', 'tmpfs', 'none', stuck]).status === 0) mounted = stuck;
      },
    });
    if (mounted === undefined) return context.skip('this user may mount nothing');
    ends.push(() => Promise.resolve(spawnSync('umount', [mounted!])));
    expect(record.ending).toBe('completed');
    const left = /a: something of it is left on this machine: EBUSY.*stuck/;
    await vi.waitFor(() => expect(told.join()).toMatch(left), 20_000);
    expect((await runOnAll(swarmPlan({ leechers: 1 }))).ending).toBe('completed');
  });

  test('an agent that is asked twice by the same coordinator takes part, another is told that it has a part already', async () => {
    const { agent } = await host('a', '127.0.0.2');
    const connection = await connected('coordinator');
    const ask = async (session: string) => {
      const subject = claimSubject(agent.id);
      return claimAnswer.decode(await connection.ask(subject, claim.encode({ session }), 5000), subject)
        .refusal;
    };
    expect([await ask('one'), await ask('one'), await ask('two')]).toEqual([
      null,
      null,
      'it has a part of another run',
    ]);
  });

  test('a coordinator that is stopped while an agent has not yet answered is told so by the link, and by nothing else', async () => {
    const silent = await host('a', '127.0.0.2');
    await silent.service.close();
    const asked = new Promise((resolve) => {
      silent.connection.nats.subscribe(claimSubject(silent.agent.id), { callback: resolve });
    });
    await silent.connection.nats.flush();
    const stopping = new AbortController();
    const { link } = await linkTo(silent, stopping.signal);
    const lost = new Promise<string>((resolve) =>
      link.listen({ onMessage: () => undefined, onBusy: resolve, onLost: resolve }),
    );
    await asked;
    stopping.abort(new Error('stopped by SIGINT'));
    await expect(lost).resolves.toBe('stopped by SIGINT');
  });

  test('what the server refuses is what the run is lost by, not the silence after it', async () => {
    const { agent } = await host('a', '127.0.0.2');
    const connection = await connected('coordinator');
    const lost = new Promise<string>((resolve) => {
      new NatsHostLink(connection, agent).listen({
        onMessage: () => undefined,
        onBusy: resolve,
        onLost: resolve,
      });
    });
    await vi.waitFor(() => expect(told.join()).toContain('takes part'), 20_000);
    // As if the server had ended the connection of this program.
    await connection.nats.close();
    await expect(lost).resolves.toBe('the NATS server has ended the connection');
  });

  test('a host ends its part when the coordinator dies', async () => {
    const { service } = await host('a', '127.0.0.2');
    const connection = await connected('coordinator');
    const view = await AgentsView.open(connection);
    const [agent] = view.agents;
    view.stop();
    const engine = clusterEngine({ hosts: () => [new NatsHostLink(connection, agent!)] });
    const aborted = new AbortController();
    const run = runRecorded(engine, slowPlan, {
      signal: aborted.signal,
      onLiveEvent: ({ type }) => {
        if (type === 'chunk-received' && !connection.nats.isClosed()) void connection.nats.close();
      },
    });
    await vi.waitFor(() => expect(service.isHost).toBe(true), 20_000);
    await vi.waitFor(() => expect(service.isHost).toBe(false), 30_000);
    expect(told.join('\n')).toContain('the coordinator of the run was lost (it was not heard of for 8 s)');
    aborted.abort();
    await run;
    expect(existsSync(join(folder, 'tmp'))).toBe(true);
    expect(readdirSync(join(folder, 'tmp'))).toEqual([]);
  });
});
