import { Socket } from 'node:net';
import type { Address } from '../../interfaces.ts';
import type { ConnectOpts, SocketConstructorOpts } from 'node:net';

/** A connection that came in, whose bytes are read into a buffer that all connections of a transport share. */
export class AcceptedSocket {
  readonly socket: Socket;
  /** Asked for at once, since the system forgets it when the remote resets; undefined: it has done so already. */
  readonly remote: Address | undefined;
  /** Whom the bytes are for; valid during the call. */
  onBytes: (bytes: Uint8Array) => void = () => undefined;

  /**
   * Node lets only who opens a connection say where its bytes are to be put (`onread`); a server's sockets allocate
   * 64 KiB for each read and pass them through a stream, which costs a swarm a tenth of its processor time. So the
   * handle is taken over by a socket of our own, as Node's cluster does with connections that it hands on.
   *
   * @param accepted of a server with `pauseOnConnect`; nothing must have been read from it
   */
  constructor(accepted: Socket, readBuffer: Buffer) {
    const { remoteAddress, remotePort } = accepted;
    this.remote =
      remoteAddress === undefined || remotePort === undefined
        ? undefined
        : { host: remoteAddress.replace(/^::ffff:(?=[\d.]+$)/i, ''), port: remotePort };
    const holder = accepted as unknown as { _handle: unknown };
    const options: SocketConstructorOpts & ConnectOpts & { readonly handle: unknown } = {
      handle: holder._handle,
      allowHalfOpen: true,
      onread: {
        buffer: readBuffer,
        callback: (length) => {
          this.onBytes(readBuffer.subarray(0, length));
          return true;
        },
      },
    };
    holder._handle = null;
    this.socket = new Socket(options);
  }
}
