/** Ports for servers that come late, or come back: in the meantime nobody else may be given theirs. */
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';

/** Below what Linux (32768 on), macOS and Windows (49152 on) give to those who ask for any port, or dial. */
const FIRST_PORT = 10_000;
const PORTS_OF_A_WORKER = 1000;
const WORKERS = 20;

/** Files that run at the same time draw from different ranges. */
const ownFirst = FIRST_PORT + (Number(process.env.VITEST_POOL_ID ?? 0) % WORKERS) * PORTS_OF_A_WORKER;
let next = randomInt(PORTS_OF_A_WORKER);

/**
 * A port of 127.0.0.1 on which nobody listens, and which the system gives to nobody by itself. One from port 0 that was
 * let go is given to the next who asks.
 */
export async function unusedPort(): Promise<number> {
  for (let tried = 0; tried < PORTS_OF_A_WORKER; tried++) {
    const port = ownFirst + (next++ % PORTS_OF_A_WORKER);
    if (await isFree(port)) return port;
  }
  throw new Error(`no port of ${ownFirst} to ${ownFirst + PORTS_OF_A_WORKER - 1} is free`);
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  const bound = Promise.race([
    once(server, 'listening').then(() => true),
    once(server, 'error').then(() => false),
  ]);
  server.listen(port, '127.0.0.1');
  if (!(await bound)) return false;
  server.close();
  await once(server, 'close');
  return true;
}
