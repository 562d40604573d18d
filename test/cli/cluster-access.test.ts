/** A cluster of this machine alone, and who is refused by one. */
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, inject, test } from 'vitest';
import { experimentMessage } from '../../src/sim/agents/messages.ts';
import { openStorage } from '../../src/sim/agents/storage.ts';
import { Presence } from '../../src/sim/cluster/presence.ts';
import type { RunResult } from '../../src/sim/result/result.ts';
import {
  connectTo,
  ends,
  folder,
  passes,
  serverWith,
  start,
  useClusterStage,
} from '../support/cluster-stage.ts';
import { operatorOf } from '../support/nats-operator.ts';
import { DOCUMENTED_USER, documentedPermissions } from '../support/nats-permissions.ts';
import { JETSTREAM } from '../support/nats-server.ts';
import { RunningProgram } from '../support/programs.ts';

useClusterStage();

function commandOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    // It has ended meanwhile.
    return '';
  }
}

/** Ids of the processes whose command line has a match. */
function processesWith(pattern: RegExp): number[] {
  const all = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return all.filter((pid) => pattern.test(commandOf(pid))).map(Number);
}

/** A program of an embedded cluster, and the configuration of its server. */
async function embedded(words: readonly string[], isUnderWay: RegExp, options?: { detached: boolean }) {
  const own = mkdtempSync(join(folder, 'tmp-'));
  const all = [...words, '--cluster', 'embedded', '--agents', '2'];
  const sim = new RunningProgram(inject('bundleFolder'), 'sim', all, folder, { TMPDIR: own }, options);
  ends.push(() => sim.destroy());
  await sim.says(isUnderWay);
  const config = join(
    own,
    readdirSync(own).find((name) => name.startsWith('swarm-lab-nats'))!,
  );
  return { sim, own, config };
}

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
    const { sim, own, config } = await embedded(['small', '--repeat', '300'], passes(2));
    expect(processesWith(new RegExp(config))).not.toEqual([]);
    sim.signal('SIGINT');
    expect(await sim.ends()).toMatchObject({ code: 130 });
    expect(readdirSync(own)).toEqual([]);
    expect(processesWith(new RegExp(config))).toEqual([]);
  });

  test('ends by Ctrl-C in a terminal, which is for all processes of a group, as by one for itself', async () => {
    const { sim, own } = await embedded(['small', '--repeat', '300'], passes(2), { detached: true });
    process.kill(-sim.pid, 'SIGINT');
    expect(await sim.ends(), sim.output).toMatchObject({ code: 130 });
    expect(readdirSync(own)).toEqual([]);
    // It ends with its program, so there is nothing to go on with.
    expect(sim.output).not.toContain('--resume');
  });

  test.for([
    { of: 'an experiment', words: ['small', '--repeat', '300'], isUnderWay: passes(2) },
    {
      of: 'one run over all agents',
      words: ['small', '--engine', 'cluster', '--set', 'content.generate.size=64MiB'],
      isUnderWay: /peers ready/,
    },
  ])('whose server ends by itself in the midst of $of says so, and ends', async ({ words, isUnderWay }) => {
    const { sim, config } = await embedded(words, isUnderWay);
    const [server] = processesWith(new RegExp(`^nats-server.*${config}`));
    process.kill(server!, 'SIGKILL');
    expect((await sim.ends()).code, sim.output).not.toBe(0);
    expect(sim.output.replaceAll(/\s+/g, ' ')).toMatch(
      /the NATS server of the embedded cluster has ended \(signal 9\)/,
    );
    expect(sim.output).not.toMatch(/ at .*:\d+:\d+/);
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

  test('not a user who may do exactly what docs/cluster.md lists, by an experiment or by a run over several hosts', async () => {
    const { url } = await serverWith(documentedPermissions());
    const asUser = url.replace('//', `//${DOCUMENTED_USER}@`);
    for (const [name, address] of [
      ['a', '127.0.0.2'],
      ['b', '127.0.0.3'],
    ] as const) {
      await start('agent', '--nats', asUser, '--name', name, '--address', address).says(/is ready/);
    }
    const experiment = start('sim', 'small', '--repeat', '2', '--cluster', asUser, '--out', 'experiment');
    expect(await experiment.ends(), experiment.output).toMatchObject({ code: 0 });
    expect(experiment.output).toMatch(passes(2));
    const words = ['--engine', 'cluster', '--agents', '2', '--cluster', asUser, '--json'];
    const swarm = start('sim', 'small', ...words, '--out', 'swarm');
    // On a busy machine the run is inconclusive, and whole all the same.
    expect([0, 3], swarm.output).toContain((await swarm.ends()).code);
    const result = JSON.parse(/^\{[^]*^\}$/m.exec(swarm.output)![0]) as RunResult;
    expect(result.peers.map(({ integrity }) => integrity)).toEqual(Array(5).fill('intact'));
  });

  test('whoever is on another machine, by peers and tracker, where the server asks for no credentials', async () => {
    const { url } = await serverWith(JETSTREAM);
    await start('agent', '--nats', url).says(/is ready/);
    const sim = start('sim', 'small', '--engine', 'cluster', '--cluster', url, '--json');
    // On a busy machine the run is inconclusive, and whole all the same.
    expect([0, 3], sim.output).toContain((await sim.ends()).code);
    const result = JSON.parse(/^\{[^]*^\}$/m.exec(sim.output)![0]) as RunResult;
    expect(result.trust.host.hosts).toMatchObject([{ address: '127.0.0.1', peers: 5 }]);
  });

  test('whoever has a file that is no file of credentials, or a URL that is none, at once and in one line', async () => {
    writeFileSync(join(folder, 'garbage'), 'garbage');
    for (const [url, option] of [
      ['nats://127.0.0.1:1', ['--creds', 'garbage']],
      ['tls://127.0.0.1:1', ['--tls-ca', 'garbage']],
      ['nats://secret%zz@127.0.0.1:1', []],
      ['nats://secret@127.0.0.1:1/path', []],
    ] as const) {
      for (const words of [
        ['agent', '--nats'],
        ['sim', 'small', '--cluster'],
      ] as const) {
        const [program, ...rest] = words;
        const running = start(program, ...rest, url, ...option);
        expect(await running.ends()).toMatchObject({ code: 2 });
        expect(running.output.trim()).toMatch(/^(agent|sim): (garbage|--nats|--cluster) .*$/);
        expect(running.output).not.toContain('secret%zz');
        expect(running.output).not.toContain('secret@');
      }
    }
  });

  test('an address that is none of the machine, before the agent connects', async () => {
    const agent = start('agent', '--nats', 'nats://token@127.0.0.1:1', '--address', '203.0.113.1');
    expect(await agent.ends()).toMatchObject({ code: 2 });
    expect(agent.output.trim()).toMatch(
      /^agent: --address 203\.0\.113\.1: nothing can listen there \(EADDRNOTAVAIL\); this machine has .*$/,
    );
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
      [
        ['--tracker-port', '5100'],
        /--cluster and --tracker-port exclude each other: the runs are on other machines/,
      ],
      [
        ['--tracker-port', '5100', '--engine', 'cluster'],
        /--cluster and --tracker-port exclude each other: only the hosts .* may connect/,
      ],
      [['--resume', 'x', '--engine', 'cluster'], /--resume .* are led from here, and cannot be gone on with/],
    ] as const) {
      const sim = start('sim', 'small', '--cluster', 'nats://127.0.0.1:1', ...option);
      expect(await sim.ends()).toMatchObject({ code: 2 });
      expect(sim.output).toMatch(message);
    }
  });
});
