import type { Address } from '../interfaces.ts';

/**
 * The holders that an asker can connect to. `ipv4`: those without an IPv6 address; a program that knows only IPv4 would
 * break off, or die, at another one. `ipv4-first`: all, these first.
 */
export type Reach = 'all' | 'ipv4' | 'ipv4-first';

export function isReached({ host }: Address, reach: Reach): boolean {
  return reach !== 'ipv4' || !isOver6(host);
}

/** The given order, apart from what `ipv4-first` changes. */
export function inOrderOf(reach: Reach, members: readonly { readonly address: Address }[]): Address[] {
  const addresses = members.map(({ address }) => address);
  if (reach !== 'ipv4-first') return addresses;
  return [
    ...addresses.filter(({ host }) => !isOver6(host)),
    ...addresses.filter(({ host }) => isOver6(host)),
  ];
}

/** An address of IPv6, also one of a link (with its zone, as `fe80::1%eth0`). */
export function isOver6(host: string): boolean {
  return host.includes(':');
}
