/** A real nats-server with any configuration, for tests. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readClusterAddress } from '../../src/sim/cluster/cluster-address.ts';
import { ClusterConnection } from '../../src/sim/cluster/connection.ts';
import { unusedPort } from './unused-port.ts';

export interface TestServer {
  readonly port: number;
  /** For `FOLDER` in a configuration; it stays until `end`. */
  readonly folder: string;
  /** Resolves when the process is gone. */
  kill(): Promise<void>;
  /** It goes on to accept connections, and is silent. */
  pause(): void;
  /** On the same port, with what JetStream has on disk. */
  restart(): Promise<void>;
  /** Nothing is left. */
  end(): Promise<void>;
}

export const JETSTREAM = 'jetstream { store_dir: "FOLDER/js" }';

/** @param config lines of a configuration, in which FOLDER is a folder of its own */
export async function startNats(config: string): Promise<TestServer> {
  const folder = mkdtempSync(join(tmpdir(), 'nats-test-'));
  let child: ChildProcess;
  const port = await unusedPort();
  const begin = async (): Promise<void> => {
    const file = join(folder, 'server.conf');
    writeFileSync(file, `${config.replaceAll('FOLDER', folder)}\nlisten: "127.0.0.1:${port}"\n`);
    child = spawn('nats-server', ['-c', file], { stdio: ['ignore', 'ignore', 'pipe'] });
    await ready(child);
  };
  const kill = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  };
  await begin();
  return {
    port,
    folder,
    kill,
    pause: () => void child.kill('SIGSTOP'),
    async restart() {
      await kill();
      await begin();
    },
    async end() {
      await kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/**
 * @param name as the server shows it
 * @param user and password, with a colon between them
 */
export function connectionTo(
  { port }: TestServer,
  name = 'test',
  signal = new AbortController().signal,
  user?: string,
): Promise<ClusterConnection> {
  const who = user === undefined ? '' : `${user}@`;
  const address = readClusterAddress(`nats://${who}127.0.0.1:${port}`, {}, {});
  return ClusterConnection.open(address, { name, signal });
}

/** What it says later is read, too: a server whose log nobody reads dies of the next line. */
function ready(child: ChildProcess): Promise<void> {
  let log = '';
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', () => reject(new Error(`nats-server has ended: ${log}`)));
    child.stderr!.on('data', (piece: Buffer) => {
      log += piece.toString();
      if (log.includes('Server is ready')) resolve();
    });
  });
}
