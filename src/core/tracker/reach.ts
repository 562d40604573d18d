import { isIpv6 } from '../address.ts';
import type { Address } from '../interfaces.ts';

/**
 * The holders that an asker can connect to. `ipv4`: those without an IPv6 address; a program that knows only IPv4 would
 * break off, or die, at another one. `ipv4-first`: all, these first.
 */
export type Reach = 'all' | 'ipv4' | 'ipv4-first';

export function isReached({ host }: Address, reach: Reach): boolean {
  return reach !== 'ipv4' || !isIpv6(host);
}

/** The given order, apart from what `ipv4-first` changes. */
export function inOrderOf(reach: Reach, members: readonly { readonly address: Address }[]): Address[] {
  const addresses = members.map(({ address }) => address);
  if (reach !== 'ipv4-first') return addresses;
  const isOver6 = ({ host }: Address): boolean => isIpv6(host);
  return [...addresses.filter((address) => !isOver6(address)), ...addresses.filter(isOver6)];
}
