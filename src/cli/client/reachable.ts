/** Whether those who are told of a client can connect to it, as far as its options tell. */
import { addressText, isIpv6, isLoopback } from '../../core/address.ts';
import { ConfigError } from '../../core/errors.ts';
import type { Address } from '../../core/interfaces.ts';
import type { ProtocolName } from '../../core/protocol/messages.ts';

export interface Place {
  /** The address to listen on. */
  readonly bind: string;
  /** How others are told to reach the client. */
  readonly host: string;
}

/** What is known of a client besides. */
interface About {
  readonly tracker: Address;
  readonly protocol: ProtocolName;
}

type Family = 'IPv4' | 'IPv6';

/** The place of a client whose options leave some of it open. The default is reached by programs that know only IPv4. */
export function placeOf(given: Partial<Place>, { tracker, protocol }: About): Place {
  // The tracker of the swarm protocol tells others the address that a peer comes from.
  const usual = protocol === 'swarm' && tracker.host === '::1' ? '::1' : '127.0.0.1';
  const bind = given.bind ?? usual;
  const isWildcard = bind === '0.0.0.0' || bind === '::';
  const host = given.host ?? (isWildcard ? usual : bind);
  return { bind, host: host === '127.0.0.1' ? 'localhost' : host };
}

/** @throws {ConfigError} others would look for the client over IPv6 where it listens on IPv4, or the other way round */
export function requireReachable({ bind, host }: Place, { tracker, protocol }: About): void {
  const listens = familyOf(bind);
  if (bind === '::' || listens === undefined) return;
  const told = familyOf(host);
  if (told !== undefined && told !== listens) {
    throw new ConfigError(
      `others get an ${told} address of this client (-host ${host}), but -bind ${bind} listens on ${listens} only; ` +
        `write -host ${listens === 'IPv6' ? bind : 'with an IPv4 address'}, or -bind ::, which listens on both`,
    );
  }
  const seen = familyOf(tracker.host);
  if (protocol === 'swarm' && seen !== undefined && seen !== listens) {
    throw new ConfigError(
      `others get the ${seen} address that the tracker sees (-tracker ${addressText(tracker)}), ` +
        `but -bind ${bind} listens on ${listens} only; write -bind ::, which listens on both`,
    );
  }
}

/** Whether it listens for other machines, but tells them an address that means each of them itself. */
export function misleadsOthers({ bind, host }: Place): boolean {
  return !isLoopback(bind) && isLoopback(host);
}

/** undefined: a name, which may stand for either. */
function familyOf(host: string): Family | undefined {
  if (isIpv6(host)) return 'IPv6';
  return host === 'localhost' || /^[\d.]+$/.test(host) ? 'IPv4' : undefined;
}
