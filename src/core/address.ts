import type { Address } from './interfaces.ts';

/**
 * One text for one host: `localhost` for `127.0.0.1`, as the spec protocol spells it; IPv6 as RFC 5952 writes it,
 * without brackets; an IPv4 address inside IPv6 (`::ffff:10.1.2.3`) as IPv4. `::1` is not `localhost`: who listens on
 * one of them is not there on the other. Any other text stays as it is.
 */
export function canonicalHost(host: string): string {
  if (!host.includes(':')) return host === '127.0.0.1' ? 'localhost' : host;
  const parsed = parseIpv6(host);
  if (parsed === undefined) return host;
  const inner = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(parsed);
  return inner === null ? parsed : canonicalHost(dotted(inner[1]!, inner[2]!));
}

/** An IPv6 address, without brackets, and without a zone (`%eth0`), which has a meaning on one machine alone. */
export function isIpv6(host: string): boolean {
  return parseIpv6(host) !== undefined;
}

/** Reached by this machine alone: `localhost`, `::1` and all of 127.0.0.0/8, in any spelling. */
export function isLoopback(host: string): boolean {
  const canonical = canonicalHost(host);
  return ['localhost', '::1'].includes(canonical) || canonical.startsWith('127.');
}

/** `host:port`, or `[host]:port` for IPv6. */
export function addressText({ host, port }: Address): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** `host:port`, the same text for every spelling of one address. */
export function addressKey({ host, port }: Address): string {
  return addressText({ host: canonicalHost(host), port });
}

/** The URL standard writes IPv6 as RFC 5952 does. */
function parseIpv6(host: string): string | undefined {
  if (!/^[0-9a-f.]*:[0-9a-f:.]*$/i.test(host)) return undefined;
  const url = `http://[${host}]`;
  return URL.canParse(url) ? new URL(url).hostname.slice(1, -1) : undefined;
}

/** The last 32 bits of an address, which are given in hex, as four decimal numbers. */
function dotted(high: string, low: string): string {
  const [first, second] = [parseInt(high, 16), parseInt(low, 16)];
  return [first >> 8, first & 0xff, second >> 8, second & 0xff].join('.');
}
