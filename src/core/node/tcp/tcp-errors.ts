import { TransportError } from '../../errors.ts';

/** The code of a failed system call, `ECONNREFUSED` say, or else the message. */
export function causeOf(error: Error): string {
  return (error as NodeJS.ErrnoException).code ?? error.message;
}

/** What a user can do about a port that cannot be listened on. */
export function listenError(error: Error, host: string, port: number): TransportError {
  const advice: Record<string, string> = {
    EADDRINUSE: 'is in use: stop the program that listens there, or choose another port',
    EACCES: 'may not be used by this account: choose a port above 1023',
    EADDRNOTAVAIL: 'cannot be used: the host is no address of this machine; choose another host',
    ENOTFOUND: 'cannot be used: the host is not known; choose another host',
    EMFILE: 'accepts no more connections: too many open files; raise the limit with `ulimit -n`',
    ERR_SOCKET_BAD_PORT: 'does not exist: choose a port from 1 to 65535, or 0 for any free one',
  };
  const what = advice[causeOf(error)] ?? `cannot be listened on: ${error.message}`;
  return new TransportError(`port ${port} on ${host} ${what}`, { cause: error });
}
