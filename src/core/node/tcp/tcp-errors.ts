import { isIpv6 } from '../../address.ts';
import { TransportError } from '../../errors.ts';

/** The code of a failed system call, `ECONNREFUSED` say, or else the message. */
export function causeOf(error: Error): string {
  return (error as NodeJS.ErrnoException).code ?? error.message;
}

const NO_WAY = new Set(['EADDRNOTAVAIL', 'EAFNOSUPPORT', 'EHOSTUNREACH', 'EINVAL', 'ENETUNREACH']);

/** `causeOf`; where a connection over IPv6 could not begin, says that it was one. */
export function connectCause(error: Error, host: string): string {
  const cause = causeOf(error);
  return isIpv6(host) && NO_WAY.has(cause) ? `${cause}: this machine has no route there over IPv6` : cause;
}

const NO_SUCH_HOST = 'the host is not an address of this machine; choose another host';
const NO_SUCH_IPV6 =
  'cannot be used: the host is not an address of this machine, or the machine has no IPv6; choose another host, or an IPv4 address';

/** What a user can do about a port that cannot be listened on. */
export function listenError(error: Error, host: string, port: number): TransportError {
  const advice: Record<string, string> = {
    EADDRINUSE: 'is in use: stop the program that listens there, or choose another port',
    EACCES: 'is not allowed for this account: choose a port above 1023',
    EADDRNOTAVAIL: isIpv6(host) ? NO_SUCH_IPV6 : `cannot be used: ${NO_SUCH_HOST}`,
    EAFNOSUPPORT: 'cannot be used: this machine has no IPv6; choose an IPv4 address, such as 127.0.0.1',
    EINVAL: `cannot be used: ${NO_SUCH_HOST}`,
    ENOTFOUND: 'cannot be used: the host is not known; choose another host',
    EMFILE: 'accepts no more connections: too many open files; raise the limit with `ulimit -n`',
    ERR_SOCKET_BAD_PORT: 'does not exist: choose a port from 1 to 65535, or 0 for any free one',
  };
  const what = advice[causeOf(error)] ?? `cannot be listened on: ${error.message}`;
  return new TransportError(`port ${port} on ${host} ${what}`, { cause: error });
}
