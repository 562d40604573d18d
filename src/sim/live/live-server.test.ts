import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { serveLive, type LiveServer } from './live-server.ts';

const PATIENT = { graceMs: 60_000, openMs: 60_000 };
const SOON = { graceMs: 100, openMs: 100 };

let server: LiveServer | undefined;
afterEach(async () => {
  await server?.end('', SOON);
  server = undefined;
});

async function get(url: string, headers: Record<string, string> = {}, method = 'GET') {
  const asked = request(url, { headers, method });
  asked.end();
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  return response;
}

async function textOf(response: IncomingMessage): Promise<string> {
  let text = '';
  response.setEncoding('utf8');
  for await (const part of response) text += part as string;
  return text;
}

/** Until the text has come. */
async function until(response: IncomingMessage, part: string): Promise<string> {
  let text = '';
  response.setEncoding('utf8');
  for await (const more of response) {
    text += more as string;
    if (text.includes(part)) return text;
  }
  return text;
}

async function serve(report: () => string | null = () => null): Promise<LiveServer> {
  return (server = await serveLive({ shell: '<p>shell', report: () => Promise.resolve(report()) }));
}

describe('the live page', () => {
  test('is served on 127.0.0.1, and its report is made when it is asked for', async () => {
    let made = 0;
    const { url } = await serve(() => (made === 0 ? (made++, null) : `report ${made++}`));
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/);
    const response = await get(url);
    expect(response.headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
    });
    expect(await textOf(response)).toBe('<p>shell');
    expect(made).toBe(0);
    expect((await get(`${url}report`)).statusCode).toBe(204);
    expect(await textOf(await get(`${url}report?1`))).toBe('report 1');
  });

  test('tells news as they come, the newest at once to who comes later, and the last at the end', async () => {
    const live = await serve();
    const { url } = live;
    const early = await get(`${url}news`);
    live.tell('{"at":1}');
    expect(await until(early, '\n\n')).toBe('event: state\ndata: {"at":1}\n\n');
    live.tell('{"at":2}');
    const late = await get(`${url}news`);
    const ended = live.end('{"at":3}', PATIENT);
    const told = await until(late, 'end');
    // It ends when everybody has hung up.
    late.destroy();
    await ended;
    expect(told).toBe('event: state\ndata: {"at":2}\n\nevent: end\ndata: {"at":3}\n\n');
  });

  test('a run that was over before anybody came is served until one has its report', async () => {
    const live = await serve(() => 'the finished report');
    const ended = live.end('{"at":9}', PATIENT, new AbortController().signal);
    expect(await textOf(await get(`${live.url}report`))).toBe('the finished report');
    const late = await get(`${live.url}news`);
    expect(await until(late, '\n\n')).toBe('event: end\ndata: {"at":9}\n\n');
    late.destroy();
    await ended;
    await expect(get(live.url)).rejects.toThrow('ECONNREFUSED');
  });

  test('who has asked for the last report is waited for until it is drawn; one that is silent is not', async () => {
    const graceMs = 300;
    const live = await serve(() => 'the finished report');
    const slow = await get(`${live.url}news`);
    slow.resume();
    const ended = live.end('{"at":9}', { graceMs, openMs: graceMs });
    await textOf(await get(`${live.url}report`));
    // By the end of one that is asked by nobody, the time to ask is over for the first one, too.
    const other = await serveLive({ shell: '', report: () => Promise.resolve(null) });
    (await get(`${other.url}news`)).resume().on('error', () => undefined);
    await other.end('{"at":9}', { graceMs, openMs: graceMs });
    expect((await get(`${live.url}report`)).statusCode).toBe(200);
    slow.destroy();
    await ended;
  });

  test('one that has the page and does not listen yet is waited for at the end, but not for ever', async () => {
    const live = await serve(() => 'the finished report');
    await textOf(await get(live.url));
    const ended = live.end('{"at":9}', PATIENT);
    const slow = await get(`${live.url}news`);
    expect(await until(slow, '\n\n')).toBe('event: end\ndata: {"at":9}\n\n');
    slow.destroy();
    await ended;
    const other = await serve();
    await textOf(await get(other.url));
    await other.end('{"at":9}', SOON);
    await expect(get(other.url)).rejects.toThrow();
  });

  test('the wait for somebody ends when it is stopped, and is none where somebody was there', async () => {
    const stop = new AbortController();
    const live = await serve();
    const ended = live.end('{"at":9}', PATIENT, stop.signal);
    stop.abort();
    await ended;
    const seen = await serve();
    const early = await get(`${seen.url}news`);
    expect(seen.wasRead).toBe(true);
    early.destroy();
    await seen.end('{"at":9}', PATIENT, new AbortController().signal);
  });

  test.each([
    ['a page of another origin', { origin: 'http://other.example' }],
    ['a page of another port of this machine', { origin: 'http://127.0.0.1:1' }],
    ['a sandboxed page', { origin: 'null' }],
    ['a picture or script of another page', { 'sec-fetch-site': 'cross-site' }],
    ['another port, without an origin', { 'sec-fetch-site': 'same-site' }],
    ['a name of somebody else that leads to this machine', { host: 'other.example' }],
  ])('is refused to %s', async (_who, headers) => {
    const { url } = await serve(() => 'report');
    for (const path of ['', 'news', 'report']) {
      const response = await get(`${url}${path}`, headers);
      expect(response.statusCode).toBe(403);
      expect(await textOf(response)).toBe('only the page itself may read this\n');
    }
  });

  test('says why there is no report when it cannot be made', async () => {
    server = await serveLive({ shell: '', report: () => Promise.reject(new Error('no thread is left')) });
    const response = await get(`${server.url}report`);
    expect(response.statusCode).toBe(503);
    expect(await textOf(response)).toBe('the report could not be made: no thread is left\n');
  });

  test('takes no orders', async () => {
    const { url } = await serve();
    expect((await get(url, {}, 'POST')).statusCode).toBe(405);
    expect((await get(`${url}../etc`)).statusCode).toBe(404);
  });

  test('keeps at most one state for a browser that has stopped reading', async () => {
    const live = await serve();
    const { url } = live;
    const { port, hostname } = new URL(url);
    const stopped = connect(Number(port), hostname);
    stopped.pause();
    stopped.write(`GET /news HTTP/1.1\r\nHost: ${hostname}:${port}\r\n\r\n`);
    await once(stopped, 'readable');
    const big = 'x'.repeat(1_000_000);
    for (let at = 0; at < 200; at++) {
      live.tell(`${at} ${big}`);
      await new Promise((resolve) => setImmediate(resolve));
    }
    const over = live.end('over', PATIENT);
    let text = '';
    for await (const part of stopped.setEncoding('utf8')) {
      text += part as string;
      if (text.includes('data: over')) break;
    }
    await over;
    const states = [...text.matchAll(/event: (state|end)\r?\ndata: (\w+)/g)].map(([, , first]) => first);
    expect(states.at(-1)).toBe('over');
    // What was on its way when it stopped: the buffers of two sockets, a few megabytes each.
    expect(states.length).toBeLessThan(50);
  });
});
