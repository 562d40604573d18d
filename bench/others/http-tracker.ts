/** A tracker of BEP 3 and BEP 23 for one torrent on loopback: it tells each who asks of all who have asked. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { bencode } from './torrent-file.ts';

const INTERVAL_S = 1;

export class HttpTracker {
  readonly #server: Server;
  readonly #ports = new Set<number>();

  private constructor() {
    this.#server = createServer((request, response) => {
      const port = Number(new URL(request.url ?? '/', 'http://localhost').searchParams.get('port'));
      const others = [...this.#ports].filter((known) => known !== port);
      this.#ports.add(port);
      const peers = Buffer.concat(
        others.map((other) => Buffer.from([127, 0, 0, 1, other >> 8, other & 255])),
      );
      response.end(bencode({ interval: INTERVAL_S, 'min interval': INTERVAL_S, peers }));
    });
  }

  static async start(): Promise<HttpTracker> {
    const tracker = new HttpTracker();
    await new Promise<void>((resolve) => tracker.#server.listen(0, '127.0.0.1', resolve));
    return tracker;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/announce`;
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}
