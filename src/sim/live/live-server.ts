/** Serves the page of a run that goes on to browsers of this machine alone. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { NewsReader } from './news-reader.ts';
import { isOfThisPage } from './same-page.ts';

export interface LiveContent {
  /** What a browser opens: it listens to `/news`, and fetches `/report` when that tells of a new one. */
  readonly shell: string;
  /** The report as it is now, made when a browser asks for it; null: there is none yet. */
  readonly report: () => string | null;
}

export interface LiveServer {
  /** Where a browser finds the page. */
  readonly url: string;
  /** The newest state, in a line. A browser that is slow misses those between. */
  tell(news: string): void;
  /** Whether any browser has ever listened. */
  readonly wasRead: boolean;
  /**
   * The last news. Resolves when all who listen have hung up, which they do once they have drawn the last report, when
   * nobody has asked for that for `graceMs`, or `DRAWN_MS` after somebody has. Nobody is served any more. One that has
   * the page and does not listen yet is waited for, `graceMs` at most.
   *
   * @param wait where nobody has ever listened, who comes is still served until one has the last report, or this is
   * aborted; default: it is not waited for
   */
  end(news: string, graceMs: number, wait?: AbortSignal): Promise<void>;
}

/** A busy machine may take so long to draw the last report. */
const DRAWN_MS = 60_000;

/** More browsers than these are one that opens connection after connection. */
const READERS_MAX = 16;

const COMMON_HEADERS = {
  'Cache-Control': 'no-store',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'X-Content-Type-Options': 'nosniff',
};

/** Default port: any free one. @throws the port is taken */
export async function serveLive({ shell, report }: LiveContent, port = 0): Promise<LiveServer> {
  const readers = new Set<NewsReader>();
  let newest: string | undefined;
  let wasRead = false;
  let isOpening = false;
  let endReader: ((reader: NewsReader) => void) | undefined;
  let patience: Patience | undefined;
  const listen = (response: ServerResponse): void => {
    if (readers.size >= READERS_MAX) return answer(response, 503, 'too many browsers\n');
    response.writeHead(200, { ...COMMON_HEADERS, 'Content-Type': 'text/event-stream; charset=utf-8' });
    response.flushHeaders();
    const reader = new NewsReader(response);
    wasRead = true;
    isOpening = false;
    readers.add(reader);
    response.on('close', () => readers.delete(reader));
    if (endReader !== undefined) endReader(reader);
    else if (newest !== undefined) reader.tell(newest);
  };
  const server = createServer((request, response) => {
    const refusal = refusalOf(request, portOf(server));
    if (refusal !== undefined) return answer(response, ...refusal);
    const path = request.url?.replace(/\?.*/, '');
    if (path === '/') {
      isOpening = true;
      return answer(response, 200, shell, HTML);
    }
    if (path === '/news') return listen(response);
    if (path !== '/report') return answer(response, 404, 'there are only /, /news and /report\n');
    const html = report();
    patience?.extend(DRAWN_MS);
    return html === null ? answer(response, 204, '') : answer(response, 200, html, HTML);
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  // A run that is over ends, whoever may still look at its page.
  server.unref();
  return {
    url: `http://127.0.0.1:${portOf(server)}/`,
    tell(news) {
      newest = news;
      for (const reader of readers) reader.tell(news);
    },
    get wasRead() {
      return wasRead;
    },
    async end(news, graceMs, wait) {
      const endOf = async (reader: NewsReader): Promise<void> => {
        patience ??= new Patience(graceMs);
        await reader.end(news, patience.signal);
        // One that has the report does not answer for the others.
        patience.extend(graceMs);
      };
      const told = [...readers].map(endOf);
      const untilNext = wasRead || wait === undefined ? undefined : wait;
      if (untilNext !== undefined || isOpening) {
        server.ref();
        const limit = untilNext ?? AbortSignal.timeout(graceMs);
        told.push(
          new Promise<void>((resolve) => {
            const isEnough = (): void => resolve();
            endReader = (reader) => {
              if (untilNext === undefined) limit.removeEventListener('abort', isEnough);
              void endOf(reader).then(resolve);
            };
            if (limit.aborted) resolve();
            limit.addEventListener('abort', isEnough, { once: true });
          }),
        );
      }
      await Promise.all(told);
      patience?.end();
      server.close();
      server.closeAllConnections();
    },
  };
}

/** Aborts when nothing has happened for so long. */
class Patience {
  readonly #controller = new AbortController();
  #timer: NodeJS.Timeout;

  constructor(ms: number) {
    this.#timer = this.#start(ms);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  extend(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = this.#start(ms);
  }

  end(): void {
    clearTimeout(this.#timer);
  }

  #start(ms: number): NodeJS.Timeout {
    return setTimeout(() => this.#controller.abort(), ms);
  }
}

const HTML = 'text/html; charset=utf-8';

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

function refusalOf(request: IncomingMessage, port: number): [status: number, reason: string] | undefined {
  if (request.method !== 'GET') return [405, 'only GET\n'];
  return isOfThisPage(request.headers, port) ? undefined : [403, 'only the page itself may read this\n'];
}

function answer(
  response: ServerResponse,
  status: number,
  text: string,
  type = 'text/plain; charset=utf-8',
): void {
  response.writeHead(status, { ...COMMON_HEADERS, 'Content-Type': type });
  response.end(text);
}
