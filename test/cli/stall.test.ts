import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { StallWatch } from '../../src/cli/client/stall-watch.ts';
import type { SwarmEvent } from '../../src/core/events.ts';
import { Stage } from './stage.ts';

const about = { atMs: 0, peer: 'alice' };
const bob = { host: 'localhost', port: 6002 };
const carol = { host: 'localhost', port: 6003 };
const joined: SwarmEvent = {
  type: 'peer-joined',
  ...about,
  address: { host: 'localhost', port: 6001 },
  protocol: 'spec',
  heldChunks: 2,
  totalChunks: 5,
};
const found: SwarmEvent = { type: 'tracker-found', ...about, address: bob, protocol: 'spec' };
const request = (from: typeof bob): SwarmEvent => ({
  type: 'chunk-requested',
  ...about,
  index: 3,
  from,
  protocol: 'spec',
});
const refused = (address: typeof bob): SwarmEvent => ({
  type: 'connection-failed',
  ...about,
  address,
  detail: 'ECONNREFUSED',
});
const received: SwarmEvent = { type: 'chunk-received', ...about, index: 3, from: bob, bytes: 9, tookMs: 1 };

function watch(...events: SwarmEvent[]): StallWatch {
  const it = new StallWatch();
  for (const event of [joined, ...events]) it.follow(event);
  return it;
}

/** Seconds at which a line is told when one looks every second. */
function told(it: StallWatch, seconds: number, receivedBytes: (second: number) => number): number[] {
  return Array.from({ length: seconds }, (_, second) => second).filter(
    (second) => it.check(second * 1000, receivedBytes(second)) !== undefined,
  );
}

describe('a client that gets nothing', () => {
  it('says after ten seconds what is missing and who was tried', () => {
    const it = watch(found, request(carol), request(bob), refused(bob));
    expect(it.check(0, 0)).toBeUndefined();
    expect(it.check(9999, 0)).toBeUndefined();
    expect(it.check(10_000, 0)).toBe(
      'nothing has arrived for 10 s, 3 of 5 chunks are missing; ' +
        'tried localhost:6003 (sends nothing), localhost:6002 (refused); trying again',
    );
  });

  it('repeats it less and less often, once a minute in the end', () => {
    const it = watch(found);
    expect(told(it, 250, () => 0)).toEqual([10, 30, 70, 130, 190]);
  });

  it('says whether nobody is known, or not even the tracker', () => {
    const it = watch();
    it.check(0, 0);
    expect(it.check(10_000, 0)).toContain('the tracker does not answer');
    it.follow(found);
    expect(it.check(30_000, 0)).toContain('no client sends them yet');
  });

  it('names a client once, however its host is written', () => {
    const it = watch(refused({ host: '127.0.0.1', port: 6002 }), refused(bob));
    it.check(0, 0);
    expect(it.check(10_000, 0)).toContain('tried localhost:6002 (refused); trying');
  });

  it('names the last ones of many', () => {
    const many = Array.from({ length: 300 }, (_, at) => refused({ host: 'localhost', port: 7001 + at }));
    const it = watch(...many);
    it.check(0, 0);
    expect(it.check(10_000, 0)).toMatch(/tried localhost:7297 .* localhost:7300 \(refused\) and 96 more/);
  });
});

describe('a client whose disk fails', () => {
  const failed: SwarmEvent = { type: 'node-failed', ...about, code: 'STORE', detail: 'the disk is full' };

  it('names that, not whom it asked, until a chunk comes', () => {
    const it = watch(found, request(bob), failed);
    it.check(0, 0);
    expect(it.check(10_000, 0)).toBe(
      'nothing has arrived for 10 s, 3 of 5 chunks are missing; the disk is full; trying again',
    );
    it.follow(received);
    it.check(11_000, 9);
    expect(it.check(21_000, 9)).toContain('no client sends');
  });

  it('says that it is still telling the tracker what it holds, rather than that the tracker does not answer', () => {
    const announced = {
      type: 'chunk-announced',
      ...about,
      index: 1,
      address: bob,
      protocol: 'spec',
    } as const;
    const it = watch(announced);
    it.check(0, 0);
    expect(it.check(10_000, 0)).toContain('still announcing its chunks to the tracker (1 of 2');
    it.follow({ ...announced, index: 2 });
    expect(it.check(30_000, 0)).toContain('the tracker does not answer');
  });

  it('misses a chunk whose file is gone', () => {
    const it = watch({ type: 'peer-completed', ...about }, { ...failed, lostChunk: 2 });
    it.check(0, 0);
    expect(it.check(10_000, 0)).toContain('1 of 5 chunks are missing; the tracker does not answer');
  });
});

describe('a client that gets something', () => {
  it('says nothing while bytes come, however long a chunk takes', () => {
    expect(told(watch(found), 100, (second) => second)).toEqual([]);
  });

  it('but not when a holder sends the same part again and again in vain', () => {
    expect(told(watch(found), 20, (second) => second % 3)).toEqual([12]);
  });

  it('forgets whom it tried when a chunk comes, and is still when complete', () => {
    const it = watch(found, refused(bob), received);
    it.check(0, 9);
    expect(it.check(10_000, 9)).toContain('2 of 5 chunks are missing; no client sends');
    it.follow({ type: 'peer-completed', ...about });
    expect(told(it, 100, () => 9)).toEqual([]);
  });
});

describe('with real programs', () => {
  let stage: Stage;
  beforeEach(() => {
    stage = new Stage();
  });
  afterEach(() => stage.close());

  it('a holder that is gone is named, by either protocol, also to who wants it quiet', async () => {
    const { port } = await stage.tracker();
    const gone = createServer().listen(0, '127.0.0.1');
    await once(gone, 'listening');
    const holder = `localhost,${(gone.address() as AddressInfo).port}`;
    gone.close();
    const toTracker = connect(port, '127.0.0.1');
    onTestFinished(() => void toTracker.destroy());
    toTracker.write(`LOCAL_CHUNKS,1,${holder}\nLOCAL_CHUNKS,2,${holder}\n`);
    const clients = ['spec', 'swarm'].map((protocol) => {
      stage.makeFolder(protocol, 2, new Map());
      return stage.client('alice', protocol, port, '-protocol', protocol, '-quiet');
    });
    for (const client of clients) {
      const [, tried] = await client.says(
        /^alice: nothing has arrived for \d+ s, 2 of 2 chunks are missing; tried (.*); trying again$/m,
      );
      expect(tried).toBe(`${holder.replace(',', ':')} (refused)`);
    }
  });
});
