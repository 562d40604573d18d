/** What goes wrong with a NATS server: what is for good, what passes, and what a person is told of it. */
import { JetStreamApiError } from '@nats-io/jetstream';
import { errors } from '@nats-io/nats-core';
import { ConfigError, TransportError } from '../../core/errors.ts';
import type { ClusterAddress } from './cluster-address.ts';

/** JetStream is starting, or has no leader yet. */
const NOT_YET = new Set([10_008, 10_009, 10_039]);

/** It takes no more than its store, or the account's share of it, has room for. */
const NO_ROOM = new Set([10_002, 10_023, 10_028, 10_047]);

/** What the server refuses for good; undefined for all else. */
export function refusal(failure: unknown, server: string): ConfigError | undefined {
  const error = failure instanceof errors.RequestError ? failure.cause : failure;
  if (error instanceof errors.PermissionViolationError) {
    const what = error.operation === 'publish' ? 'publish to' : 'subscribe to';
    return new ConfigError(
      `the NATS server at ${server} does not let this user ${what} ${error.subject}; docs/cluster.md lists what each ` +
        'program needs',
      { cause: error },
    );
  }
  if (error instanceof errors.AuthorizationError || error instanceof errors.UserAuthenticationExpiredError) {
    return new ConfigError(
      `the NATS server at ${server} refuses the credentials (${error.message}); check NATS_TOKEN, NATS_USER and ` +
        'NATS_PASSWORD, NATS_CREDS, or NATS_CERT and NATS_KEY',
      { cause: error },
    );
  }
  return undefined;
}

export function tlsMistake(error: unknown, address: ClusterAddress): ConfigError | undefined {
  const text = chainOf(error);
  if (/does not support 'tls'/.test(text)) {
    return new ConfigError(`the NATS server at ${serversOf(address)} has no TLS, which the options ask for`, {
      cause: error,
    });
  }
  if (!/certificate|SSL|TLS|CERT_/i.test(text)) return undefined;
  return new ConfigError(
    `TLS with the NATS server at ${serversOf(address)} fails: ${text}; check --tls-ca, --tls-cert and --tls-key`,
    { cause: error },
  );
}

export function unreachable(address: ClusterAddress, cause: unknown): TransportError {
  return new TransportError(
    `no NATS server answers at ${serversOf(address)}: ${reasonOf(cause)}; start one by nats-server -js, or check the URL${perhaps(address)}`,
    { cause },
  );
}

/** For whoever waits until it does. */
export function notYet(address: ClusterAddress, cause: unknown): string {
  return `no NATS server answers at ${serversOf(address)} yet: ${reasonOf(cause)}${perhaps(address)}`;
}

/** With TLS 1.3 a server that wants a certificate says so only after the client has taken itself for connected. */
function perhaps({ tls }: ClusterAddress): string {
  return tls !== undefined && tls.cert === undefined
    ? '; perhaps it asks for a certificate: --tls-cert and --tls-key'
    : '';
}

export function isOutage(error: unknown): boolean {
  if (error instanceof JetStreamApiError) return error.status === 503 || NOT_YET.has(error.code);
  const causes = [error, error instanceof Error ? error.cause : undefined];
  return causes.some(
    (one) =>
      one instanceof errors.TimeoutError ||
      one instanceof errors.NoRespondersError ||
      one instanceof errors.ConnectionError ||
      // A server that has just started answers before its JetStream does.
      isNotEnabled(one) ||
      (one instanceof errors.RequestError && !(one.cause instanceof errors.PermissionViolationError)),
  );
}

/** The library does not export the class. */
export function isNotEnabled(error: unknown): boolean {
  return error instanceof Error && error.name === 'JetStreamNotEnabled';
}

export function serversOf({ servers }: ClusterAddress): string {
  return servers.join(', ');
}

export function reasonOf(error: unknown): string {
  if (error instanceof JetStreamApiError && NO_ROOM.has(error.code)) {
    return `its store is full: ${error.message}; give it more room (max_file_store, the account's limits), or end an experiment`;
  }
  return error instanceof Error ? error.message : String(error);
}

function chainOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}
