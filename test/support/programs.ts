/** Runs the real programs, as bundled, and waits for what they say. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { onTestFailed } from 'vitest';

export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** What stacks name is read from the maps of the bundle when there is a stack, see scripts/mapped-stacks.mjs. */
const MAPPED_STACKS = new URL('map-stacks-of-program.mjs', import.meta.url).href;

/** How Node starts a bundled program whose stacks name the source. */
export function programArguments(bundleFolder: string, name: string, args: readonly string[]): string[] {
  return ['--import', MAPPED_STACKS, join(bundleFolder, `${name}.js`), ...args];
}

/** A program that was started; its stdout and stderr are kept together. */
export class RunningProgram {
  readonly #child: ChildProcess;
  readonly #waiting = new Set<() => void>();
  readonly #name: string;
  #output = '';
  #ending: Ending | undefined;

  constructor(
    bundleFolder: string,
    name: string,
    args: readonly string[],
    cwd: string,
    env: NodeJS.ProcessEnv = {},
    /** `detached`: in a process group of its own, as a terminal starts it. */
    options: { readonly detached?: boolean } = {},
  ) {
    this.#name = [name, ...args].join(' ');
    this.#child = spawn(process.execPath, programArguments(bundleFolder, name, args), {
      cwd,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, NO_COLOR: '1', ...env },
      ...options,
    });
    const hear = (text: Buffer): void => {
      this.#output += text.toString();
      this.#wake();
    };
    this.#child.stdout!.on('data', hear);
    this.#child.stderr!.on('data', hear);
    // `close` comes when the output has been read to its end, after `exit`.
    this.#child.on('close', (code, signal) => {
      this.#ending = { code, signal };
      this.#wake();
    });
  }

  get pid(): number {
    return this.#child.pid!;
  }

  get output(): string {
    return this.#output;
  }

  /** Its output is shown when the test fails; one that waited in vain does not tell for what. Not for concurrent tests. */
  showWhenTestFails(): void {
    onTestFailed(() => console.error(`${this.#name}:\n${this.#output}`));
  }

  /** Resolves when the output has a match. Rejects, with the output, when the program ends without one. */
  async says(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const match = pattern.exec(this.#output);
      if (match !== null) return match;
      if (this.#ending !== undefined) {
        throw new Error(`${this.#name} ended without saying ${String(pattern)}:\n${this.#output}`);
      }
      await this.#change();
    }
  }

  async ends(): Promise<Ending> {
    while (this.#ending === undefined) await this.#change();
    return this.#ending;
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Ends it whatever it does; resolves when it is gone. */
  async destroy(): Promise<void> {
    if (this.#ending !== undefined) return;
    this.#child.kill('SIGKILL');
    await once(this.#child, 'close');
  }

  #change(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.add(resolve);
    });
  }

  #wake(): void {
    for (const resolve of this.#waiting) resolve();
    this.#waiting.clear();
  }
}
