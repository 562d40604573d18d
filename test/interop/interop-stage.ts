/** A place where our programs meet the scripted Python counterparts of test/support/python. */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync, existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inject, type TestContext } from 'vitest';
import { RunningProgram } from '../support/programs.ts';

const pythonFolder = join(import.meta.dirname, '..', 'support', 'python');

/** One line of a counterpart's trace. `t` in seconds, on a clock that all counterparts share. */
export interface TraceLine {
  readonly t: number;
  readonly event: string;
  readonly [field: string]: unknown;
}

/** A counterpart under way, and what it has traced. */
export class Counterpart {
  readonly trace: TraceLine[] = [];
  readonly #child: ChildProcess;
  readonly #waiting = new Set<() => void>();
  readonly #name: string;
  #errors = '';
  #rest = '';
  #code: number | null | undefined;

  constructor(script: string, args: readonly string[], cwd: string) {
    this.#name = [script, ...args].join(' ');
    this.#child = spawn('python3', [join(pythonFolder, script), ...args], {
      cwd,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' },
    });
    this.#child.stdout!.on('data', (text: Buffer) => this.#read(text.toString()));
    this.#child.stderr!.on('data', (text: Buffer) => (this.#errors += text.toString()));
    this.#child.on('close', (code) => {
      this.#code = code;
      this.#wake();
    });
  }

  /** The lines of one kind so far. */
  all(event: string): TraceLine[] {
    return this.trace.filter((line) => line.event === event);
  }

  /** The first line of this kind, when it has come. */
  async says(event: string, count = 1): Promise<TraceLine> {
    for (;;) {
      const line = this.all(event)[count - 1];
      if (line !== undefined) return line;
      if (this.#code !== undefined) {
        throw new Error(`${this.#name} ended without ${event}:\n${this.describe()}`);
      }
      await new Promise<void>((resolve) => this.#waiting.add(resolve));
    }
  }

  async ends(): Promise<void> {
    while (this.#code === undefined) await new Promise<void>((resolve) => this.#waiting.add(resolve));
  }

  async port(): Promise<number> {
    return (await this.says('listening')).port as number;
  }

  /** Whether it is still running. */
  get alive(): boolean {
    return this.#code === undefined;
  }

  describe(): string {
    return `${this.trace.map((line) => JSON.stringify(line)).join('\n')}\n${this.#errors}`;
  }

  async destroy(): Promise<void> {
    if (this.#code !== undefined) return;
    this.#child.kill('SIGKILL');
    await this.ends();
  }

  #read(text: string): void {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop()!;
    for (const line of lines) this.trace.push(JSON.parse(line) as TraceLine);
    this.#wake();
  }

  #wake(): void {
    for (const resolve of this.#waiting) resolve();
    this.#waiting.clear();
  }
}

/** The content of a chunk in these tests: some hundred bytes, different for each index. */
function chunkContent(index: number): Buffer {
  return Buffer.from(`${`the content of chunk ${index}, `.repeat(20)}\n`);
}

export class InteropStage {
  readonly folder = mkdtempSync(join(tmpdir(), 'swarm-interop-'));
  readonly #counterparts: Counterpart[] = [];
  readonly #programs: RunningProgram[] = [];

  /** A chunk folder that holds some of the chunks. */
  chunkFolder(name: string, total: number, held: readonly number[], content = chunkContent): string {
    const path = join(this.folder, name);
    mkdirSync(path);
    for (const index of held) writeFileSync(join(path, `chunk_${index}`), content(index));
    const lines = held.map((index) => `${index},chunk_${index}\n`);
    writeFileSync(join(path, 'local_chunks.txt'), `${lines.join('')}${total},LASTCHUNK\n`);
    return path;
  }

  /** The chunks of a folder that are there with the right content. */
  held(name: string, total: number, content = chunkContent): number[] {
    return Array.from({ length: total }, (_, at) => at + 1).filter((index) => {
      const path = join(this.folder, name, `chunk_${index}`);
      return existsSync(path) && readFileSync(path).equals(content(index));
    });
  }

  async pythonTracker(...flags: string[]): Promise<{ tracker: Counterpart; port: number }> {
    const tracker = this.#python('classic_tracker.py', '--port', '0', ...flags);
    return { tracker, port: await tracker.port() };
  }

  pythonClient(name: string, trackerPort: number, ...flags: string[]): Counterpart {
    const place = ['-folder', join(this.folder, name), '-name', name, '--tracker-port', `${trackerPort}`];
    return this.#python('classic_client.py', ...place, ...flags);
  }

  async ourTracker(...flags: string[]): Promise<{ tracker: RunningProgram; port: number }> {
    const tracker = this.#ours('tracker', '-port', '0', '-verbose', ...flags);
    const [, port] = await tracker.says(/listening on \S+:(\d+)/);
    return { tracker, port: Number(port) };
  }

  ourClient(name: string, trackerPort: number, ...flags: string[]): RunningProgram {
    const place = ['-folder', join(this.folder, name), '-transfer_port', '0', '-name', name];
    return this.#ours('client', ...place, '-tracker', `localhost:${trackerPort}`, '-verbose', ...flags);
  }

  /** Joins the chunks of a folder. */
  join(folder: string, file: string): RunningProgram {
    return this.#ours('join', folder, file);
  }

  log(): string[] {
    return readFileSync(join(this.folder, 'logs.log'), 'utf8').trimEnd().split('\n');
  }

  async close(): Promise<void> {
    await Promise.all([...this.#counterparts, ...this.#programs].map((it) => it.destroy()));
    rmSync(this.folder, { recursive: true, force: true });
  }

  #python(script: string, ...args: string[]): Counterpart {
    const counterpart = new Counterpart(script, args, this.folder);
    this.#counterparts.push(counterpart);
    return counterpart;
  }

  #ours(program: 'client' | 'join' | 'tracker', ...args: string[]): RunningProgram {
    const running = new RunningProgram(inject('bundleFolder'), program, args, this.folder);
    this.#programs.push(running);
    return running;
  }
}

/** A stage that is cleared when the test has ended, however it ends. */
export function stageOf({ onTestFinished }: Pick<TestContext, 'onTestFinished'>): InteropStage {
  const stage = new InteropStage();
  onTestFinished(() => stage.close());
  return stage;
}
