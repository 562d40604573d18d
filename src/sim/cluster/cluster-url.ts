/** URLs of the servers of a cluster. They may hold secrets: no message shows what stands before their hosts. */
import { ConfigError } from '../../core/errors.ts';

export interface ClusterUrls {
  /** At least one. */
  readonly urls: readonly URL[];
  /** Of all of them, decoded; a token is a user without a password. Empty where there is none. */
  readonly user: string;
  readonly password: string;
}

const ENCODE = '; in a secret write %2F for /, %2C for a comma, %3F for ?, %23 for # and %25 for %';

/**
 * @param text one URL, or several with commas between them
 * @param option that brought it, for messages
 * @throws {ConfigError} it is no such URL, or the servers are given different credentials
 */
export function readClusterUrls(text: string, option: string): ClusterUrls {
  const refuse = (why: string): never => {
    throw new ConfigError(`${option} ${withoutSecrets(text)}: ${why}${text.includes('@') ? ENCODE : ''}`);
  };
  const urls = text.split(',').map((one) => readUrl(one.trim(), refuse));
  const secrets = urls.map(({ username, password }) => `${username}:${password}`);
  const [first = '', ...others] = secrets;
  if (others.some((other) => other !== first && other !== ':')) {
    return refuse('one secret is for all servers; put it into the first URL alone');
  }
  const { username, password } = urls[0]!;
  const decoded = (part: string): string => {
    try {
      return decodeURIComponent(part);
    } catch {
      return refuse('before the @ there is a % that is no code of a character');
    }
  };
  return { urls, user: decoded(username), password: decoded(password) };
}

/** For messages: all that may be a secret, also in a text that is no URL, is `…`. */
export function withoutSecrets(text: string): string {
  return text.replace(/^([a-z]+:\/\/)?.*@/s, (_, scheme: string | undefined) => `${scheme ?? ''}…@`);
}

function readUrl(text: string, refuse: (why: string) => never): URL {
  const whole = /^[a-z]+:\/\//.test(text) ? text : `nats://${text}`;
  const url = URL.canParse(whole) ? new URL(whole) : undefined;
  const isPlain = url !== undefined && ['', '/'].includes(url.pathname + url.search + url.hash);
  if (!isPlain || url.hostname === '') {
    return refuse('is not the URL of a NATS server; write nats://host:4222');
  }
  if (!['nats:', 'tls:'].includes(url.protocol)) {
    return refuse(`write nats:// or tls:// before the host, not ${url.protocol}//`);
  }
  return url;
}
