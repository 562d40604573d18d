import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const script = fileURLToPath(new URL('../deploy/test/check-run.mjs', import.meta.url));
const SEEDER = { host: '10.0.0.11', port: 7001 };
const MIB = 2 ** 20;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'trial-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

interface Shown {
  readonly outcome?: string;
  readonly because?: string;
  readonly level?: string;
  readonly ending?: string;
  readonly abortedBy?: string;
  readonly lost?: readonly string[];
  readonly farMs?: number | null;
  readonly held?: number;
  /** When the far peer got chunks of the seeder. */
  readonly farGotAtMs?: readonly number[];
}

/** Writes what a run leaves: three peers on three hosts, 10 MiB, parted from 1 s to 3 s. */
function save({ lost = [], farMs = 4500, held = 7, farGotAtMs = [400, 1100, 3200], ...shown }: Shown): void {
  const peers = [
    ['seeder', 20],
    ['near', 1200],
    ['far', farMs],
  ].map(([name, completedMs]) => ({
    name,
    completedMs,
    integrity: completedMs === null ? 'incomplete' : 'intact',
  }));
  const hosts = ['host-1', 'host-2', 'host-3'].map((name) => ({
    name,
    address: '10.0.0.1',
    peers: 1,
    clockErrorMs: 0.5,
    lost: lost.includes(name),
  }));
  const result = {
    verdict: { outcome: shown.outcome ?? 'pass', because: shown.because ?? null },
    ending: shown.ending ?? 'completed',
    abortedBy: shown.abortedBy ?? null,
    swarm: { makespanMs: farMs },
    trust: { level: shown.level ?? 'doubtful', host: { hosts } },
    peers,
    injected: [
      { kind: 'fault', target: 'seeder | far', effect: `for 2.00 s; ${held} messages held back` },
      { kind: 'link', target: 'seeder', effect: '1 MiB paced up' },
    ],
    plan: { content: { totalBytes: 10 * MIB } },
  };
  const got = (peer: string) => (atMs: number) => ({ type: 'chunk-received', atMs, peer, from: SEEDER });
  const events = [
    { type: 'peer-joined', atMs: 1, peer: 'seeder', address: SEEDER },
    { type: 'fault-began', atMs: 1001 },
    { type: 'fault-ended', atMs: 3002 },
    ...farGotAtMs.map(got('far')),
    ...[500, 2000, 3500].map(got('near')),
  ];
  writeFileSync(join(folder, 'result.json'), JSON.stringify(result));
  writeFileSync(join(folder, 'events.jsonl'), events.map((event) => `${JSON.stringify(event)}\n`).join(''));
}

function check(trial: string, code: number, ...facts: string[]) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [script, trial, `${code}`, folder, ...facts],
    {
      encoding: 'utf8',
    },
  );
  const notSo = stdout.split('\n').filter((line) => line.includes('NOT SO'));
  return { status, notSo: notSo.join('\n'), stderr };
}

const LINE = ['rate=20000000', `carried=${11 * MIB}`];

describe('the trials of deploy/ fail where a run has not shown what they are about', () => {
  it('a run over three hosts passes when all are complete, also on a machine that was too busy to be trusted', () => {
    save({});
    expect(check('whole', 0)).toEqual({ status: 0, notSo: '', stderr: '' });
    save({ level: 'untrusted', outcome: 'inconclusive', because: 'data' });
    expect(check('whole', 3)).toEqual({ status: 0, notSo: '', stderr: '' });
  });

  it('an exit code that does not belong to the verdict fails, as does 3 of a run that is not untrusted', () => {
    save({});
    expect(check('whole', 1)).toMatchObject({
      status: 1,
      notSo: expect.stringContaining('exit code 1') as string,
    });
    save({ outcome: 'inconclusive', because: 'data' });
    expect(check('whole', 3).status).toBe(1);
  });

  it('a peer that is not complete, a host that was lost and a run that left nothing fail', () => {
    save({ farMs: null, level: 'untrusted', outcome: 'inconclusive', because: 'data' });
    expect(check('whole', 3)).toMatchObject({
      status: 1,
      notSo: expect.stringContaining('2 of 3 peers') as string,
    });
    save({ lost: ['host-2'] });
    expect(check('whole', 0)).toMatchObject({
      status: 1,
      notSo: expect.stringContaining('2 of 3 hosts') as string,
    });
    rmSync(join(folder, 'result.json'));
    expect(check('whole', 2)).toMatchObject({
      status: 1,
      notSo: expect.stringContaining('no result.json') as string,
    });
  });

  it('a line that lets bytes through sooner than its rate, or that carried nothing, fails', () => {
    save({});
    expect(check('line', 0, ...LINE).status).toBe(0);
    save({ farMs: 1300 });
    expect(check('line', 0, ...LINE)).toMatchObject({
      status: 1,
      notSo: expect.stringContaining('the far peer took 1.30 s') as string,
    });
    save({});
    expect(check('line', 0, 'rate=20000000', 'carried=0').status).toBe(1);
    // What the kernel has not told is no pass.
    expect(check('line', 0, 'rate=20000000', 'carried=').status).toBe(1);
  });

  it('a far peer that is much slower than its line fails, unless the machine was too busy', () => {
    save({ farMs: 30_000 });
    expect(check('line', 0, ...LINE).status).toBe(1);
    save({ farMs: 30_000, level: 'untrusted', outcome: 'inconclusive', because: 'data' });
    expect(check('line', 3, ...LINE).status).toBe(0);
  });

  it('a partition that holds nothing back, or lets a chunk through, fails', () => {
    save({});
    expect(check('cut', 0).status).toBe(0);
    save({ held: 0 });
    expect(check('cut', 0).status).toBe(1);
    save({ farGotAtMs: [400, 2200] });
    expect(check('cut', 0)).toMatchObject({
      status: 1,
      notSo: expect.stringContaining('it has 1 from') as string,
    });
  });

  it('a host that died must be the only one that is named as lost, and must end the run', () => {
    const died = {
      outcome: 'fail',
      because: 'aborted',
      ending: 'aborted',
      abortedBy: 'host host-3 was lost: it was not heard of for 8 s',
      farMs: null,
    };
    save({ ...died, lost: ['host-3'] });
    expect(check('death', 5)).toEqual({ status: 0, notSo: '', stderr: '' });
    save({ ...died, lost: ['host-3', 'host-1'] });
    expect(check('death', 5).status).toBe(1);
    save({});
    expect(check('death', 0).status).toBe(1);
  });
});
