/** One run over several hosts: what happens when a host or the way to it goes wrong. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Address } from '../../src/core/interfaces.ts';
import { clusterEngine } from '../../src/sim/engines/cluster/cluster-engine.ts';
import { GRACE_MS } from '../../src/sim/engines/cluster/remote-host.ts';
import type { RunWatcher } from '../../src/sim/engines/engine.ts';
import { plannedPeer, type RecordedRun } from '../../src/sim/measure/fixture.ts';
import type { Plan } from '../../src/sim/plan/plan.ts';
import { hostInProcess, type HostInProcess, type HostInProcessOptions } from '../support/hosts-in-process.ts';
import { eventsOf, KIB, peerWorkerFile, runRecorded, swarmPlan } from './fault-run.ts';

let folder: string;
let hosts: HostInProcess[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cluster-engine-test-'));
  mkdirSync(join(folder, 'tmp'));
  vi.stubEnv('TMPDIR', join(folder, 'tmp'));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

/** On as many hosts as options are given. */
function runOn(
  options: readonly Partial<HostInProcessOptions>[],
  plan: Plan,
  watcher: Partial<RunWatcher> = {},
): Promise<RecordedRun> {
  hosts = options.map((own, at) =>
    hostInProcess({
      name: `host-${at + 1}`,
      address: `127.0.0.${at + 2}`,
      workerFile: peerWorkerFile(),
      ...own,
    }),
  );
  return runRecorded(clusterEngine({ hosts: () => hosts }), plan, watcher);
}

/** What somebody from an address of no host hears at that one. */
async function greet({ host, port }: Address): Promise<string> {
  const socket = connect({ host, port, localAddress: '127.0.0.1' });
  return text(socket);
}

const slowPlan = (changes: Partial<Plan> = {}): Plan =>
  swarmPlan({ leechers: 3, upBytesPerSec: 256 * KIB }, changes);

describe('a run over several hosts', () => {
  it('tells of each host what it carried, and how well its clock is known', async () => {
    const record = await runOn([{}, {}], swarmPlan({ leechers: 3 }));
    expect(record.ending).toBe('completed');
    expect(record.host.hosts).toMatchObject([
      { name: 'host-1', address: '127.0.0.2', peers: 2, lost: false },
      { name: 'host-2', address: '127.0.0.3', peers: 2, lost: false },
    ]);
    for (const { clockErrorMs, maxRssBytes } of record.host.hosts!) {
      expect(clockErrorMs).toBeGreaterThan(0);
      expect(maxRssBytes).toBeGreaterThan(0);
    }
  });

  it('states by how much the clock of a host may have been wrong until the end, also where it drifted', async () => {
    let hasBegun = false;
    const record = await runOn([{}, { aheadMs: () => (hasBegun ? 15 : 0) }], swarmPlan({ leechers: 1 }), {
      onReady: () => {
        hasBegun = true;
      },
    });
    const [first, second] = record.host.hosts!.map(({ clockErrorMs }) => clockErrorMs);
    expect(second! - first!).toBeGreaterThan(0);
    expect(second).toBeGreaterThanOrEqual(15);
  });

  it('tells of a host that dies only when the run is over, too: its peers are not verified', async () => {
    const dies = {
      onPass: (what: string, host: HostInProcess) => {
        if (what === '> verify') host.die('it was killed');
      },
    };
    const record = await runOn([{}, dies], swarmPlan({ leechers: 1 }));
    expect(record.ending).toBe('completed');
    expect(record.host.hosts!.map(({ lost }) => lost)).toEqual([false, true]);
    expect(record.peers.map(({ integrity }) => integrity)).toEqual(['intact', 'unchecked']);
  });

  it('has peers of different hosts trade with each other, each at the address of its host', async () => {
    const record = await runOn([{}, {}], swarmPlan({ leechers: 1 }));
    expect(record.peers.map(({ integrity }) => integrity)).toEqual(['intact', 'intact']);
    const joined = eventsOf(record, 'peer-joined');
    expect(joined.map(({ peer, address }) => `${peer} at ${address.host}`).sort()).toEqual([
      'leecher/1 at 127.0.0.3',
      'seeder at 127.0.0.2',
    ]);
  });

  it('tells who is no member of the run so, and refuses him', async () => {
    const answers: Promise<string>[] = [];
    await runOn([{}, {}], slowPlan(), {
      onLiveEvent: (event) => {
        if (event.type === 'peer-joined') answers.push(greet(event.address));
      },
    });
    expect(answers.length).toBe(4);
    for (const answer of await Promise.all(answers)) expect(answer).toMatch(/^NOT_A_MEMBER of this run/);
  });

  it('ends with what was measured when a host dies, and says which', async () => {
    const record = await runOn([{}, {}, {}], slowPlan(), {
      onLiveEvent: ({ type }) => {
        if (type === 'chunk-received') hosts[2]!.die('it was not heard of for 5 s');
      },
    });
    expect(record.ending).toBe('aborted');
    expect(record.abortedBy).toBe('host host-3 was lost: it was not heard of for 5 s');
    expect(record.host.hosts!.map(({ lost }) => lost)).toEqual([false, false, true]);
    const lostPeer = record.peers.find(({ name }) => name === 'leecher/2')!;
    expect(lostPeer.integrity).toBe('unchecked');
    expect(record.peers.find(({ name }) => name === 'seeder')!.integrity).toBe('intact');
    expect(eventsOf(record, 'chunk-received').length).toBeGreaterThan(0);
  });

  it('fails by name when a host dies before the run has begun', async () => {
    const run = runOn([{}, { delayMs: 1 }], slowPlan());
    hosts[1]!.die('it left');
    await expect(run).rejects.toThrow('host host-2 was lost: it left');
  });

  it('fails by name wherever a host dies on the way to the barrier, and leaves no temporary file', async () => {
    for (const last of ['< assembled', '> start-tracker', '< listening', '> prepare', '< ready']) {
      let left = 1;
      const dies = {
        onPass: (what: string, host: HostInProcess) => {
          if (what === last && left-- === 1) host.die('it was killed');
        },
      };
      await expect(runOn([dies, {}], slowPlan()), last).rejects.toThrow(
        'host host-1 was lost: it was killed',
      );
      await vi.waitFor(() => expect(readdirSync(join(folder, 'tmp'))).toEqual([]), 20_000);
    }
  });

  it('that is stopped takes the work from all hosts that answer, without waiting for one that does not', async () => {
    const stopping = new AbortController();
    let closed!: (by: string) => void;
    const first = new Promise<string>((resolve) => {
      closed = resolve;
    });
    const run = runOn([{ onPass: (what) => what === '> close' && closed('told to end') }, {}], slowPlan(), {
      signal: stopping.signal,
      onLiveEvent: ({ type }) => {
        if (type !== 'chunk-received' || stopping.signal.aborted) return;
        hosts[1]!.freeze();
        stopping.abort();
        // Until then a run that goes on waits for an answer.
        setTimeout(() => closed('waited'), GRACE_MS);
      },
    });
    await expect(first).resolves.toBe('told to end');
    hosts[1]!.die('it was killed');
    await expect(run).resolves.toMatchObject({ ending: 'interrupted' });
    await vi.waitFor(() => expect(readdirSync(join(folder, 'tmp'))).toEqual([]), 20_000);
  });

  it('refuses a host to whose clock the way takes too long', async () => {
    await expect(runOn([{}, { delayMs: 30 }], slowPlan())).rejects.toThrow(
      /the clock of host host-2 is known only to \d+\.\d ms \(10 ms at most\)/,
    );
  });

  it('names the host on which the run cannot be carried out', async () => {
    const inFolder: Plan = {
      ...swarmPlan({}),
      content: { kind: 'folders', folders: [join(folder, 'nowhere')], totalChunks: 1, chunkBytes: [1] },
      peers: [plannedPeer('seeder'), plannedPeer('leecher')],
    };
    await expect(runOn([{}], inFolder)).rejects.toThrow(/host host-1: .*nowhere/);
  });

  it('leaves no temporary file on any host, also after a failure', async () => {
    await runOn([{}, {}], swarmPlan({}));
    await expect(runOn([{}, { delayMs: 30 }], slowPlan())).rejects.toThrow('known only to');
    expect(existsSync(join(folder, 'tmp'))).toBe(true);
    expect(readdirSync(join(folder, 'tmp'))).toEqual([]);
  });
});
