import type { Address } from './interfaces.ts';

/** `localhost`, `127.0.0.1` and `::1` are one host; the classic text spells it `localhost`. */
export function sameHost(host: string): string {
  return host === '127.0.0.1' || host === '::1' || host === '::ffff:127.0.0.1' ? 'localhost' : host;
}

/** `host:port`, the same text for every spelling of one address. */
export function addressKey({ host, port }: Address): string {
  return `${sameHost(host)}:${port}`;
}
