/** Runs the bundled `sim` as a user does, in a directory and with a temporary directory of its own. */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect } from 'vitest';
import { exitCodes } from '../../src/cli/program/exit-codes.ts';
import type { SwarmEvent } from '../../src/core/events.ts';
import type { RunResult } from '../../src/sim/result/result.ts';
import { programArguments } from '../support/programs.ts';

export interface SimEnding {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface SimRun {
  /** Resolves when stderr has a match. */
  says(pattern: RegExp): Promise<RegExpExecArray>;
  signal(signal: NodeJS.Signals): void;
  readonly ended: Promise<SimEnding>;
}

export class SimDesk {
  /** Where programs are started. */
  readonly folder = mkdtempSync(join(tmpdir(), 'sim-test-'));
  readonly #bundleFolder: string;
  readonly #kill = new Set<() => void>();

  constructor(bundleFolder: string) {
    this.#bundleFolder = bundleFolder;
    mkdirSync(join(this.folder, 'tmp'));
  }

  /** Writes a scenario and returns its name, as it is given to the program. */
  scenario(name: string, yaml: string): string {
    writeFileSync(join(this.folder, `${name}.yaml`), yaml);
    return `${name}.yaml`;
  }

  start(args: readonly string[], env: NodeJS.ProcessEnv = {}): SimRun {
    const child = spawn(process.execPath, programArguments(this.#bundleFolder, 'sim', args), {
      cwd: this.folder,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, NO_COLOR: '1', TMPDIR: join(this.folder, 'tmp'), ...env },
    });
    let stdout = '';
    let stderr = '';
    let over = false;
    const listeners = new Set<() => void>();
    const tell = (): void => listeners.forEach((listener) => listener());
    child.stdout.on('data', (text: Buffer) => (stdout += text.toString()));
    child.stderr.on('data', (text: Buffer) => {
      stderr += text.toString();
      tell();
    });
    const kill = (): void => void child.kill('SIGKILL');
    this.#kill.add(kill);
    const ended = new Promise<SimEnding>((resolve) => {
      child.on('close', (code) => {
        over = true;
        this.#kill.delete(kill);
        resolve({ code, stdout, stderr });
        tell();
      });
    });
    return {
      ended,
      signal: (signal) => void child.kill(signal),
      says: (pattern) =>
        new Promise((resolve, reject) => {
          const look = (): void => {
            const match = pattern.exec(stderr);
            if (match === null && !over) return;
            listeners.delete(look);
            if (match !== null) resolve(match);
            else reject(new Error(`sim ended without saying ${String(pattern)}:\n${stderr}`));
          };
          listeners.add(look);
          look();
        }),
    };
  }

  run(args: readonly string[], env?: NodeJS.ProcessEnv): Promise<SimEnding> {
    return this.start(args, env).ended;
  }

  /** Of the last run. */
  get report(): string {
    return join(this.folder, 'reports', 'latest');
  }

  /** That the last run did all that it should. One that a busy machine makes untrusted ends as inconclusive. */
  expectDone(ending: SimEnding): void {
    const { trust } = this.result();
    expect(ending).toMatchObject({
      code: trust.level === 'untrusted' ? exitCodes.inconclusive : exitCodes.ok,
    });
  }

  result(): RunResult {
    return JSON.parse(readFileSync(join(this.report, 'result.json'), 'utf8')) as RunResult;
  }

  events(): SwarmEvent[] {
    return readFileSync(join(this.report, 'events.jsonl'), 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as SwarmEvent);
  }

  /** Resolves when, of a run under way, a peer after the first holds a chunk on disk. */
  async untilChunkPassed(): Promise<void> {
    const isPassed = (path: string): boolean => /peer-(?!1\/)\d+\/chunk_\d+$/.test(path);
    const files = (): string[] => {
      try {
        return readdirSync(join(this.folder, 'tmp'), { recursive: true, encoding: 'utf8' });
      } catch {
        // A folder was removed while it was being read.
        return [];
      }
    };
    while (!files().some(isPassed)) await pause(20);
  }

  /** What the programs left in their temporary directory. */
  leftovers(): string[] {
    return readdirSync(join(this.folder, 'tmp'));
  }

  close(): void {
    for (const kill of this.#kill) kill();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
