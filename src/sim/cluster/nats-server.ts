/** A NATS server of one's own, on 127.0.0.1 alone, for a cluster that is this machine. */
import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { ConfigError, EngineError } from '../../core/errors.ts';
import { ownPrefix, removeLeftBehind } from '../../core/node/store/left-behind.ts';
import type { ClusterAddress } from './cluster-address.ts';

const FOLDER = 'swarm-lab-nats';
const LAST_LINES = 5;

/**
 * The server ends when its input does: then this process is gone, however it went. Its own output is the log, of which
 * the address is read.
 */
const WATCHED = `exec 3<&0
nats-server -c "$0" &
server=$!
{ read -r _ <&3; kill "$server" 2>/dev/null; } &
wait "$server"
code=$?
kill $! 2>/dev/null
exit "$code"`;

/**
 * `nats-server` with a random port, a random token and JetStream in a temporary folder. All of that is removed by
 * `stop`, and when this process ends.
 */
export class NatsServer {
  readonly address: ClusterAddress;
  readonly token: string;
  readonly #child: ChildProcess;
  readonly #gone: Promise<void>;
  readonly #folder: string;
  readonly #onExit: () => void;
  readonly #failing = new AbortController();
  #isStopping = false;

  private constructor(child: ChildProcess, folder: string, token: string, port: number, onExit: () => void) {
    this.#child = child;
    this.#folder = folder;
    this.#onExit = onExit;
    this.token = token;
    this.#gone = new Promise((resolve) => {
      child.once('close', (code, signal) => {
        if (!this.#isStopping) this.#failing.abort(endedBy(code, signal));
        resolve();
      });
    });
    this.address = { servers: [`127.0.0.1:${port}`], credentials: { kind: 'token', token } };
  }

  /** @throws {ConfigError} it is not installed; how to get it. @throws {EngineError} it does not start */
  static async start(): Promise<NatsServer> {
    removeLeftBehind(tmpdir(), FOLDER);
    const folder = mkdtempSync(join(tmpdir(), ownPrefix(FOLDER)));
    const token = randomBytes(24).toString('base64url');
    const config = join(folder, 'server.conf');
    // In a file that only this user reads: what stands on a command line everybody sees.
    writeFileSync(config, configOf(folder, token), { mode: 0o600 });
    const child = spawn('/bin/sh', ['-c', WATCHED, config], {
      stdio: ['pipe', 'ignore', 'pipe'],
      // Ctrl-C in a terminal is for all of a process group: the server is needed until all have left it.
      detached: true,
    });
    const onExit = (): void => {
      child.stdin.destroy();
      rmSync(folder, { recursive: true, force: true });
    };
    process.on('exit', onExit);
    try {
      return new NatsServer(child, folder, token, await portOf(child), onExit);
    } catch (error) {
      process.off('exit', onExit);
      onExit();
      throw error;
    }
  }

  /** Aborted when it has ended by itself. */
  get failed(): AbortSignal {
    return this.#failing.signal;
  }

  /** Resolves when the process is gone and its folder removed. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    this.#child.stdin?.end();
    await this.#gone;
    process.off('exit', this.#onExit);
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

function configOf(folder: string, token: string): string {
  return `listen: "127.0.0.1:-1"
jetstream { store_dir: ${JSON.stringify(join(folder, 'jetstream'))} }
authorization { token: ${JSON.stringify(token)} }
`;
}

async function portOf(child: ChildProcess): Promise<number> {
  const lines: string[] = [];
  const log = createInterface({ input: child.stderr! });
  const port = await new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    let found: number | undefined;
    log.on('line', (line) => {
      lines.push(line);
      found ??= numberIn(/Listening for client connections on .*:(\d+)$/.exec(line));
      if (found !== undefined && line.includes('Server is ready')) resolve(found);
    });
    child.once('close', (code) => reject(whyNot(code, lines)));
  });
  // Whatever it says later is read and forgotten: a full pipe would stop it.
  child.stderr!.resume();
  return port;
}

function numberIn(match: RegExpExecArray | null): number | undefined {
  return match === null ? undefined : Number(match[1]);
}

/** The shell tells by more than 128 which signal has ended the server. */
function endedBy(code: number | null, signal: NodeJS.Signals | null): EngineError {
  const number = code !== null && code > 128 ? code - 128 : undefined;
  const by = signal ?? (number === undefined ? `exit code ${code ?? 0}` : `signal ${number}`);
  return new EngineError(
    `the NATS server of the embedded cluster has ended (${by}), and what waited in it is lost; look for memory that ` +
      'was short, and begin the experiment anew',
  );
}

/** 127 is what the shell says of a program that is not there. */
function whyNot(code: number | null, lines: readonly string[]): Error {
  if (code === 127) {
    return new ConfigError(
      'nats-server is not installed, which an embedded cluster needs; get it by apt-get install nats-server, ' +
        'brew install nats-server, or from https://github.com/nats-io/nats-server/releases',
    );
  }
  return new EngineError(`nats-server has ended with code ${code}: ${lines.slice(-LAST_LINES).join(' / ')}`);
}
