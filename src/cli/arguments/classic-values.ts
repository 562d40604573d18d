/** Values of the options of tracker and client. */
import { InvalidArgumentError } from 'commander';
import { canonicalHost, isIpv6 } from '../../core/address.ts';
import type { Address } from '../../core/interfaces.ts';
import { durationUnits, readQuantity } from '../../sim/units/quantities.ts';

const NAME_BYTES_MAX = 255;
const WEEK_MS = 7 * 24 * 3600 * 1000;

/** A port to listen on; 0 lets the system choose. */
export function listenPort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : NaN;
  if (!(port <= 65535)) {
    throw new InvalidArgumentError('A port is a whole number from 1 to 65535, or 0 for any free one.');
  }
  return port;
}

/** `host:port`, `[::1]:5100`, or a host alone, which then has the default port. */
export function address(defaultPort: number): (text: string) => Address {
  return (text) => {
    const match = /^(?:\[([^\s,[\]]*)\]|([^\s,:[\]]+))(?::(\d{1,5}))?$/.exec(text);
    const port = match?.[3] === undefined ? defaultPort : Number(match[3]);
    if (match === null && isIpv6(text)) {
      throw new InvalidArgumentError(`Write an IPv6 address in brackets, such as [${text}]:${defaultPort}.`);
    }
    if (match === null || port < 1 || port > 65535) {
      throw new InvalidArgumentError(
        `Write host:port, such as localhost:${defaultPort} or [::1]:${defaultPort}; ports go from 1 to 65535.`,
      );
    }
    return { host: match[1] === undefined ? match[2]! : ipv6(match[1]), port };
  };
}

/** What others may call this peer: one field of a line of logs.log, and at most 255 bytes in a handshake. */
export function peerName(text: string): string {
  if (text.trim() === '' || /[,\p{Cc}]/u.test(text)) {
    throw new InvalidArgumentError(
      'A name is one field of a line in logs.log: at least one visible character, no comma, no line break.',
    );
  }
  if (Buffer.byteLength(text) > NAME_BYTES_MAX) {
    throw new InvalidArgumentError(`A name has at most ${NAME_BYTES_MAX} bytes of UTF-8.`);
  }
  return text;
}

/** A host as it stands in the messages of the classic protocol, whose fields are parted by commas. */
export function hostName(text: string): string {
  const bare = text.replace(/^\[(.*)\]$/, '$1');
  if (!/^[^\s,[\]]+$/.test(bare) || (bare !== text && !bare.includes(':'))) {
    throw new InvalidArgumentError('Write a host name or an IP address, without port, spaces or commas.');
  }
  return bare.includes(':') ? ipv6(bare) : text;
}

/** In its one spelling, without brackets. */
function ipv6(text: string): string {
  if (text.includes('%')) {
    throw new InvalidArgumentError(
      'A zone such as %eth0 is valid on one machine only, but other machines get this address. Write an address without a zone (a global one, fd…, or ::1), or a host name.',
    );
  }
  if (!isIpv6(text)) {
    throw new InvalidArgumentError(
      'This is not an IPv6 address. Write a host name or an IP address, without port. Brackets are for an IPv6 address before a port: [::1]:5100.',
    );
  }
  return canonicalHost(text);
}

/**
 * A wait of up to a week: seconds as the classic programs have them, fractions allowed, or a duration with its unit.
 * Returns milliseconds.
 */
export function wait(text: string): number {
  const reading = readQuantity(durationUnits, /^\d+(\.\d+)?$/.test(text) ? `${text}s` : text);
  if (reading.ok && reading.value <= WEEK_MS) return reading.value;
  throw new InvalidArgumentError('Write seconds, or a duration such as 500ms or 2min; at most one week.');
}
