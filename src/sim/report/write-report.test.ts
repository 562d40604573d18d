import { spawnSync } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { cp, lstat, mkdir, readdir, readFile, readlink, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { folderOfTest } from '../../../test/support/folder-of-test.ts';
import type { SwarmEvent } from '../../core/events.ts';
import { measuredSmallSwarm } from '../measure/fixture.ts';
import type { RunResult } from '../result/result.ts';
import { ReportDraft, type WrittenReport } from './write-report.ts';

vi.mock('node:fs', { spy: true });

const { plan, record, result } = measuredSmallSwarm();

/** As a run does. */
async function writeReport(
  folder: string,
  measured: RunResult,
  events: readonly SwarmEvent[],
): Promise<WrittenReport> {
  const draft = await ReportDraft.begin(folder, measured.plan);
  for (const event of events) draft.see(event);
  return draft.finish(measured);
}

let folder: string;
beforeEach(() => {
  folder = folderOfTest('swarm-report-');
});

describe('a report on disk', () => {
  it('has all its files in <scenario>/<time>-<seed>, and latest points to it', async () => {
    const { folder: run, warning } = await writeReport(folder, result, record.events);
    expect(run).toBe(join(folder, 'fixture', '2026-01-02T03-04-05Z-seed-1'));
    expect((await readdir(run)).sort()).toEqual([
      'events.jsonl',
      'peers.csv',
      'plan.json',
      'report.md',
      'result.json',
      'timeline.csv',
    ]);
    expect(await readlink(join(folder, 'latest'))).toBe('fixture/2026-01-02T03-04-05Z-seed-1');
    expect(warning).toBeNull();
    expect(await readFile(join(folder, 'latest', 'report.md'), 'utf8')).toContain('# fixture: pass');
  });

  it('is read back as it was measured', async () => {
    const { folder: run } = await writeReport(folder, result, record.events);
    const read = async (name: string) => readFile(join(run, name), 'utf8');
    expect(JSON.parse(await read('result.json'))).toEqual(result);
    expect(JSON.parse(await read('plan.json'))).toEqual(plan);
    const lines = (await read('events.jsonl')).trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual(record.events);
  });

  it('has a folder of its own when several runs end in one second', async () => {
    const runs = await Promise.all(
      Array.from({ length: 8 }, () => writeReport(folder, result, record.events)),
    );
    expect(new Set(runs.map((run) => run.folder)).size).toBe(8);
    expect((await readdir(join(folder, 'fixture'))).filter((name) => name.startsWith('.'))).toEqual([]);
    expect(runs.map((run) => `fixture/${basename(run.folder)}`)).toContain(
      await readlink(join(folder, 'latest')),
    );
    expect((await readdir(folder)).sort()).toEqual(['fixture', 'latest']);
  });

  it('stays inside its folder, whatever the scenario and the seed are called', async () => {
    const scenario = { name: '../a b', description: '' };
    const odd: RunResult = { ...result, seed: '../../x', scenario, plan: { ...plan, scenario } };
    const { folder: run } = await writeReport(folder, odd, []);
    expect(run.startsWith(join(folder, '__a_b'))).toBe(true);
    expect(await readdir(run)).toContain('result.json');
  });

  it('replaces a latest that is a text file, as written where links are not allowed', async () => {
    await writeFile(join(folder, 'latest'), 'fixture/old\n');
    await writeReport(folder, result, []);
    expect((await lstat(join(folder, 'latest'))).isSymbolicLink()).toBe(true);
  });

  it('is written also when latest is a folder: then it says what to do, and leaves no draft', async () => {
    await mkdir(join(folder, 'latest', 'x'), { recursive: true });
    const { folder: run, warning } = await writeReport(folder, result, []);
    expect(warning).toMatch(/latest does not point to the report: it is a folder; move it away/);
    expect(await readdir(run)).toContain('result.json');
    expect((await readdir(folder)).sort()).toEqual(['fixture', 'latest']);
  });

  it('that is given up leaves nothing, not even the folder of its scenario', async () => {
    const draft = await ReportDraft.begin(folder, plan);
    for (const event of record.events) draft.see(event);
    await draft.discard();
    expect(await readdir(folder)).toEqual([]);
  });

  it('that a killed program has begun is removed by the next one of the scenario', async () => {
    const begun = await ReportDraft.begin(folder, plan);
    const [name] = await readdir(join(folder, 'fixture'));
    const { pid: deadPid } = spawnSync(process.execPath, ['--version']);
    const left = join(folder, 'fixture', name!.replace(`-${process.pid}-`, `-${deadPid}-`));
    await cp(join(folder, 'fixture', name!), left, { recursive: true });
    const { folder: run } = await writeReport(folder, result, record.events);
    expect((await readdir(join(folder, 'fixture'))).sort()).toEqual([name, basename(run)].sort());
    await begun.discard();
  });

  it('ends the run when an event cannot be written, says why, and leaves nothing', async () => {
    const draft = await ReportDraft.begin(folder, plan);
    vi.mocked(appendFileSync).mockImplementationOnce(() => {
      throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
    });
    expect(draft.failed.aborted).toBe(false);
    for (let i = 0; !draft.failed.aborted && i < 10_000; i++) draft.see(record.events[0]!);
    expect(draft.failed.aborted).toBe(true);
    await expect(draft.finish(result)).rejects.toThrow(/cannot be written to .*fixture: .*no space.*--out/);
    expect(await readdir(folder)).toEqual([]);
  });

  it('says where and how when the folder cannot be written', async () => {
    await writeFile(join(folder, 'file'), '');
    const writing = writeReport(join(folder, 'file'), result, []);
    await expect(writing).rejects.toThrow(/cannot be written to .*file.*--out/);
  });
});
