/** Agents as processes of this machine, for as long as this program runs. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { EngineError } from '../../core/errors.ts';
import type { NatsServer } from '../cluster/nats-server.ts';

export interface EmbeddedAgentsOptions {
  readonly server: NatsServer;
  /** The bundled program `agent`. */
  readonly agentFile: URL;
  readonly agents: number;
  /** Of each: runs in virtual time at once. */
  readonly lanes: number;
}

/** What ends one at once, again and again, is not to keep the machine busy. */
const AGAIN_MS = 500;

export class EmbeddedAgents {
  readonly #options: EmbeddedAgentsOptions;
  readonly #children = new Set<ChildProcess>();
  readonly #failing = new AbortController();
  #isClosing = false;

  constructor(options: EmbeddedAgentsOptions) {
    this.#options = options;
    for (let number = 1; number <= options.agents; number++) this.#start(number);
  }

  /** Aborted when agents cannot be: one has ended by itself. */
  get failed(): AbortSignal {
    return this.#failing.signal;
  }

  /** Resolves when none is left. */
  async close(): Promise<void> {
    this.#isClosing = true;
    const gone = [...this.#children].map((child) => once(child, 'close'));
    for (const child of this.#children) child.stdin?.end();
    await Promise.all(gone);
  }

  #start(number: number): void {
    const { server, agentFile, lanes } = this.#options;
    const words = [
      ...['--nats', server.address.servers[0]!, '--name', `agent-${number}`, '--lanes', String(lanes)],
      // Of its own, so that the peers of one can be told from those of another.
      ...['--address', `127.0.${Math.floor(number / 250)}.${(number % 250) + 2}`, '--quiet'],
    ];
    const child = spawn(process.execPath, [fileURLToPath(agentFile), ...words, '--watch-input'], {
      stdio: ['pipe', 'ignore', 'inherit'],
      // Ctrl-C in a terminal is for all of a process group; these are told by their input.
      detached: true,
      env: { ...process.env, NATS_TOKEN: server.token },
    });
    this.#children.add(child);
    child.once('error', (cause) => this.#fail(`cannot be started: ${cause.message}`));
    child.once('close', (code, signal) => {
      this.#children.delete(child);
      if (this.#isClosing) return;
      // Killed, as by the system when memory is short: another takes its place, as any placement would do it.
      if (signal !== null) setTimeout(() => this.#startAgain(number), AGAIN_MS);
      else this.#fail(`has ended with exit code ${code ?? 0}`);
    });
  }

  #startAgain(number: number): void {
    if (!this.#isClosing) this.#start(number);
  }

  #fail(what: string): void {
    this.#failing.abort(new EngineError(`an agent of the embedded cluster ${what}`));
  }
}
