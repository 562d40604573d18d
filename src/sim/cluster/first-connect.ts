/** To reach a NATS server for the first time. */
import { credsAuthenticator, type NatsConnection } from '@nats-io/nats-core';
import { connect, type NodeConnectionOptions } from '@nats-io/transport-node';
import { isIP } from 'node:net';
import { SECOND_MS } from '../../core/units.ts';
import type { ClusterAddress } from './cluster-address.ts';
import { notYet, refusal, serversOf, tlsMistake, unreachable } from './connection-errors.ts';
import { INBOX } from './names.ts';
import { pause } from './unless-aborted.ts';

export interface FirstConnectOptions {
  /** Shown by the server's monitoring, such as `agent host-1`. */
  readonly name: string;
  /** Ends the wait for a server. */
  readonly signal: AbortSignal;
  /** Told once, in a line, when there is no server yet. */
  readonly onWaiting?: (why: string) => void;
}

/** Between two tries of whatever a server did not do. */
export const RETRY_MS = 250;
const CONNECT_MS = 3 * SECOND_MS;
/** A server that is silent for twice as long is taken for gone, also behind a network that says nothing. */
const PING_MS = 5 * SECOND_MS;

/**
 * Not by `waitOnFirstConnect` of the library: it cannot be ended, and does not tell why it waits.
 *
 * @param untilMs of `performance.now()`; Infinity: until the signal
 * @throws {TransportError} no server answers until then
 * @throws {ConfigError} it refuses the credentials, or has another kind of encryption
 */
export async function firstConnect(
  address: ClusterAddress,
  { name, signal, onWaiting }: FirstConnectOptions,
  untilMs: number,
): Promise<NatsConnection> {
  for (let attempt = 1; ; attempt++) {
    signal.throwIfAborted();
    try {
      return await connect(connectionOptions(address, name));
    } catch (error) {
      const why = refusal(error, serversOf(address)) ?? tlsMistake(error, address);
      if (why !== undefined) throw why;
      if (performance.now() >= untilMs) throw unreachable(address, error);
      if (attempt === 1) onWaiting?.(notYet(address, error));
    }
    await pause(RETRY_MS, signal);
  }
}

function connectionOptions(
  { servers, credentials, tls }: ClusterAddress,
  name: string,
): NodeConnectionOptions {
  return {
    servers: [...servers],
    name,
    inboxPrefix: INBOX,
    timeout: CONNECT_MS,
    maxReconnectAttempts: -1,
    reconnectTimeWait: RETRY_MS,
    pingInterval: PING_MS,
    // An error for each request, made in advance, costs more than the request.
    noAsyncTraces: true,
    ...(credentials.kind === 'token' && { token: credentials.token }),
    ...(credentials.kind === 'user' && { user: credentials.user, pass: credentials.password }),
    ...(credentials.kind === 'creds' && {
      authenticator: credsAuthenticator(new TextEncoder().encode(credentials.text)),
    }),
    ...(tls !== undefined && { tls: { ...tls, ...numericHost(servers) } }),
  };
}

/**
 * The library passes Node no host where a server is given by its IP address, and Node then compares the certificate with
 * `localhost` (nats-io/nats.js#303). Of several servers each would need its own.
 */
function numericHost(servers: readonly string[]): { readonly host?: string } {
  const [only, other] = servers;
  const host = only?.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1') ?? '';
  return other === undefined && isIP(host) !== 0 ? { host } : {};
}
