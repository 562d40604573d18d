/** Where the NATS server of a cluster is, and how to prove who one is. */
import { ConfigError } from '../../core/errors.ts';
import { readClusterUrls, type ClusterUrls } from './cluster-url.ts';
import { readAuthority, readCreds, readOwnCertificate } from './secret-files.ts';

/** What proves to the server who connects; `none` where the server asks for nothing. */
export type Credentials =
  | { readonly kind: 'none' }
  | { readonly kind: 'token'; readonly token: string }
  | { readonly kind: 'user'; readonly user: string; readonly password: string }
  /** The text of a .creds file, as `nsc` and `nats` write it. */
  | { readonly kind: 'creds'; readonly text: string };

/** PEM texts. With `cert` and `key` the client proves who it is, too (mTLS). */
export interface Tls {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
}

export interface ClusterAddress {
  /** `host:port` of each server of the NATS cluster; any of them will do. */
  readonly servers: readonly string[];
  readonly credentials: Credentials;
  /** undefined: plain TCP, unless the server asks for TLS. */
  readonly tls?: Tls;
}

export interface AddressOptions {
  readonly creds?: string;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly tlsCa?: string;
  /** The user takes the risk of a server that asks nobody who he is, on another machine. */
  readonly insecure?: boolean;
}

const DEFAULT_PORT = '4222';
const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])$/;

/**
 * The address of a URL such as `nats://host:4222`, or of several with commas between them; `tls://` asks for TLS.
 * Credentials come from the URL (`token@`, `user:password@`), options, or the variables that the command `nats` reads:
 * NATS_TOKEN, NATS_USER, NATS_PASSWORD, NATS_CREDS, NATS_CERT, NATS_KEY, NATS_CA.
 *
 * @param option that brought the URL, for messages
 * @throws {ConfigError} it is no such URL, credentials contradict each other, a file cannot be read or
 *   is not what it should be, or there are none for a server of another machine
 */
export function readClusterAddress(
  text: string,
  options: AddressOptions,
  env: NodeJS.ProcessEnv,
  option = '--nats',
): ClusterAddress {
  const read = readClusterUrls(text, option);
  const { urls } = read;
  const credentials = credentialsOf(read, options, env);
  const wantsTls = urls.some(({ protocol }) => protocol === 'tls:');
  const tls = tlsOf(options, env) ?? (wantsTls ? {} : undefined);
  const far = urls.find(({ hostname }) => !LOOPBACK.test(hostname));
  const address: ClusterAddress = {
    servers: urls.map(({ hostname, port }) => `${hostname}:${port === '' ? DEFAULT_PORT : port}`),
    credentials,
    ...(tls === undefined ? {} : { tls }),
  };
  if (far !== undefined && !provesWho(address) && options.insecure !== true) {
    throw new ConfigError(
      `${option}: ${far.host} is another machine, and there are no credentials: whoever reaches that server could give ` +
        'work to agents; set NATS_TOKEN, NATS_USER and NATS_PASSWORD, NATS_CREDS, or NATS_CERT and NATS_KEY; ' +
        '--insecure connects all the same',
    );
  }
  return address;
}

/** Whether who connects there proves who he is: by credentials, or by a certificate of his own. */
export function provesWho({ credentials, tls }: ClusterAddress): boolean {
  return credentials.kind !== 'none' || tls?.cert !== undefined;
}

function credentialsOf(
  { user: name, password: second }: ClusterUrls,
  { creds }: AddressOptions,
  env: NodeJS.ProcessEnv,
): Credentials {
  const { NATS_TOKEN: token, NATS_USER: user, NATS_PASSWORD: password, NATS_CREDS } = env;
  const found: Credentials[] = [];
  if (second !== '') found.push({ kind: 'user', user: name, password: second });
  else if (name !== '') found.push({ kind: 'token', token: name });
  const file = creds ?? (NATS_CREDS === '' ? undefined : NATS_CREDS);
  if (file !== undefined) found.push({ kind: 'creds', text: readCreds(file) });
  // What stands on the command line is meant more than what the shell has kept.
  if (found.length === 0 && token !== undefined && token !== '') found.push({ kind: 'token', token });
  if (found.length === 0 && user !== undefined && user !== '') {
    found.push({ kind: 'user', user, password: password ?? '' });
  }
  if (found.length > 1) {
    throw new ConfigError(
      'there are credentials both in the URL and in a file; leave one of them out, or unset NATS_CREDS',
    );
  }
  return found[0] ?? { kind: 'none' };
}

function tlsOf(options: AddressOptions, env: NodeJS.ProcessEnv): Tls | undefined {
  const ca = options.tlsCa ?? env.NATS_CA;
  const cert = options.tlsCert ?? env.NATS_CERT;
  const key = options.tlsKey ?? env.NATS_KEY;
  if ((cert === undefined) !== (key === undefined)) {
    throw new ConfigError('--tls-cert and --tls-key (NATS_CERT and NATS_KEY) belong together; give both');
  }
  if (ca === undefined && cert === undefined) return undefined;
  return {
    ...(ca === undefined ? {} : { ca: readAuthority(ca) }),
    ...(cert === undefined || key === undefined ? {} : readOwnCertificate({ cert, key })),
  };
}
