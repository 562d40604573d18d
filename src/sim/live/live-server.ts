/** Serves the page of a run that goes on to browsers of this machine alone. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { NewsReader } from './news-reader.ts';
import { isOfThisPage } from './same-page.ts';

export interface LiveContent {
  /** What a browser opens: it listens to `/news`, and fetches `/report` when that tells of a new one. */
  readonly shell: string;
  /** The report as it is now, made when a browser asks for it; null: there is none yet. Rejects when it cannot be made. */
  readonly report: () => Promise<string | null>;
}

/** How long browsers are waited for at the end. */
export interface LivePatience {
  /** Nobody has asked for the last report for so long. */
  readonly graceMs: number;
  /** A page that was served has not listened for so long. */
  readonly openMs: number;
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
   * the page and does not listen yet is waited for, `openMs` at most.
   *
   * @param wait where nobody has ever listened, who comes is still served until one has the last report, or this is
   * aborted; default: it is not waited for
   */
  end(news: string, patience: LivePatience, wait?: AbortSignal): Promise<void>;
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
export async function serveLive(content: LiveContent, port = 0): Promise<LiveServer> {
  const live = new LivePage(content);
  await live.listen(port);
  return live;
}

class LivePage implements LiveServer {
  readonly #content: LiveContent;
  readonly #server: Server;
  #port = 0;
  readonly #readers = new Set<NewsReader>();
  #newest: string | undefined;
  #wasRead = false;
  #isOpening = false;
  #endReader: ((reader: NewsReader) => void) | undefined;
  #patience: Patience | undefined;

  constructor(content: LiveContent) {
    this.#content = content;
    this.#server = createServer((request, response) => this.#answer(request, response));
  }

  async listen(port: number): Promise<void> {
    this.#server.listen(port, '127.0.0.1');
    await once(this.#server, 'listening');
    this.#port = (this.#server.address() as AddressInfo).port;
    // A run that is over ends, whoever may still look at its page.
    this.#server.unref();
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}/`;
  }

  get wasRead(): boolean {
    return this.#wasRead;
  }

  tell(news: string): void {
    this.#newest = news;
    for (const reader of this.#readers) reader.tell(news);
  }

  async end(news: string, { graceMs, openMs }: LivePatience, wait?: AbortSignal): Promise<void> {
    const endOf = async (reader: NewsReader): Promise<void> => {
      this.#patience ??= new Patience(graceMs);
      await reader.end(news, this.#patience.signal);
      // One that has the report does not answer for the others.
      this.#patience.extend(graceMs);
    };
    const told = [...this.#readers].map(endOf);
    const untilNext = this.#wasRead ? undefined : wait;
    if (untilNext !== undefined || this.#isOpening) {
      this.#server.ref();
      const limit = untilNext ?? AbortSignal.timeout(openMs);
      told.push(
        new Promise<void>((resolve) => {
          const isEnough = (): void => resolve();
          this.#endReader = (reader) => {
            if (untilNext === undefined) limit.removeEventListener('abort', isEnough);
            void endOf(reader).then(resolve);
          };
          if (limit.aborted) resolve();
          limit.addEventListener('abort', isEnough, { once: true });
        }),
      );
    }
    await Promise.all(told);
    this.#patience?.end();
    this.#server.close();
    this.#server.closeAllConnections();
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const refusal = refusalOf(request, this.#port);
    if (refusal !== undefined) return answer(response, ...refusal);
    const path = request.url?.replace(/\?.*/, '');
    if (path === '/') {
      this.#isOpening = true;
      return answer(response, 200, this.#content.shell, HTML);
    }
    if (path === '/news') return this.#listen(response);
    if (path !== '/report') return answer(response, 404, 'there are only /, /news and /report\n');
    this.#content.report().then(
      (html) => {
        this.#patience?.extend(DRAWN_MS);
        if (html === null) answer(response, 204, '');
        else answer(response, 200, html, HTML);
      },
      (error: unknown) => {
        const why = error instanceof Error ? error.message : String(error);
        answer(response, 503, `the report could not be made: ${why}\n`);
      },
    );
  }

  #listen(response: ServerResponse): void {
    if (this.#readers.size >= READERS_MAX) return answer(response, 503, 'too many browsers\n');
    response.writeHead(200, { ...COMMON_HEADERS, 'Content-Type': 'text/event-stream; charset=utf-8' });
    response.flushHeaders();
    const reader = new NewsReader(response);
    this.#wasRead = true;
    this.#isOpening = false;
    this.#readers.add(reader);
    response.on('close', () => this.#readers.delete(reader));
    if (this.#endReader !== undefined) this.#endReader(reader);
    else if (this.#newest !== undefined) reader.tell(this.#newest);
  }
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
