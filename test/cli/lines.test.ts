import { describe, expect, it } from 'vitest';
import { ClientLines } from '../../src/cli/client/client-lines.ts';
import { TrackerLines } from '../../src/cli/tracker/tracker-lines.ts';
import type { SwarmEvent } from '../../src/core/events.ts';

const tracker = { host: 'localhost', port: 5100 };
const bob = { host: 'localhost', port: 6002 };
const joined: SwarmEvent = {
  type: 'peer-joined',
  atMs: 10,
  peer: 'alice',
  address: { host: 'localhost', port: 6001 },
  protocol: 'spec',
  heldChunks: 2,
  totalChunks: 3,
};
const received: SwarmEvent = {
  type: 'chunk-received',
  atMs: 500,
  peer: 'alice',
  index: 3,
  from: bob,
  bytes: 2048,
  tookMs: 7,
};
const completed: SwarmEvent = { type: 'peer-completed', atMs: 1510, peer: 'alice' };

function lost(retryMs: number): SwarmEvent {
  return { type: 'tracker-lost', atMs: 0, peer: 'alice', address: tracker, detail: 'refused', retryMs };
}

describe('ClientLines', () => {
  it('tells one line for each event that matters, and counts chunks', () => {
    const lines = new ClientLines('alice', 'normal');
    expect([joined, received, completed].map((event) => lines.follow(event))).toEqual([
      'alice: listening on localhost:6001, holding 2 of 3 chunks',
      'alice: chunk received 3/3: chunk 3 from localhost:6002, 2 KiB in 7 ms',
      'alice: complete, holding 3 of 3 chunks: 2 KiB from 1 client in 1.5 s; keeps serving others until it is stopped (Ctrl-C)',
    ]);
    expect(lines.figures).toEqual({
      heldChunks: 3,
      totalChunks: 3,
      receivedBytes: 2048,
      sources: 1,
      complete: true,
    });
  });

  it('tells that the client joined once a tracker answers, what it does when complete, and in the end what it gave', () => {
    const about = { leaveAfterMs: 5000, given: () => ({ chunks: 4, bytes: 4096 }) };
    const lines = new ClientLines('alice', 'normal', about);
    lines.follow(joined);
    const found = {
      type: 'tracker-found',
      atMs: 1,
      peer: 'alice',
      address: tracker,
      protocol: 'spec',
    } as const;
    expect(lines.follow(found)).toBe('alice: joined: tracker localhost:5100 answers, spec protocol');
    lines.follow(received);
    expect(lines.follow(completed)).toMatch(/; serves others for 5 s, then leaves$/);
    expect(lines.follow({ type: 'peer-left', atMs: 9, peer: 'alice' })).toBe(
      'alice: left, holding 3 of 3 chunks, sent 4 chunks to others, 4 KiB',
    );
  });

  it('counts a client once that sends over connections of both sides', () => {
    const lines = new ClientLines('alice', 'normal');
    const fromIp: SwarmEvent = { ...received, from: { host: '127.0.0.1', port: bob.port } };
    for (const event of [joined, received, fromIp]) lines.follow(event);
    expect(lines.figures.sources).toBe(1);
  });

  it('tells an unreachable tracker once per step of the back-off, and anew after it was found', () => {
    const lines = new ClientLines('alice', 'normal');
    const told = [1000, 2000, 4000, 4000, 4000].map((retryMs) => lines.follow(lost(retryMs)) !== undefined);
    expect(told).toEqual([true, true, true, false, false]);
    lines.follow({ type: 'tracker-found', atMs: 1, peer: 'alice', address: tracker, protocol: 'spec' });
    expect(lines.follow(lost(4000))).toContain('trying again in 4 s');
  });

  it('tells once, also who wants it quiet, that the disk fails, and anew after a minute without a failure', () => {
    const lines = new ClientLines('alice', 'quiet');
    const failed = (atMs: number, detail: string): string | undefined =>
      lines.follow({ type: 'node-failed', atMs, peer: 'alice', code: 'STORE', detail });
    expect(failed(0, 'cannot write chunk_1: the disk is full')).toBe(
      'alice: cannot write chunk_1: the disk is full; the client continues with the chunks it holds, and tries again',
    );
    expect(failed(50_000, 'cannot write chunk_2: the disk is full')).toBeUndefined();
    expect(failed(100_000, 'cannot write chunk_1: the disk is full')).toBeUndefined();
    expect(failed(100_001, 'cannot write chunk_1: permission denied')).toBeDefined();
    expect(failed(160_002, 'cannot write chunk_1: the disk is full')).toBeDefined();
  });

  it('tells a chunk whose file is gone, and does not count it until it has come anew', () => {
    const lines = new ClientLines('alice', 'quiet');
    for (const event of [joined, received, completed]) lines.follow(event);
    const gone = {
      type: 'node-failed',
      atMs: 2000,
      peer: 'alice',
      code: 'STORE',
      detail: 'no chunk_1',
    } as const;
    expect(lines.follow({ ...gone, lostChunk: 1 })).toBe(
      'alice: chunk 1 is no longer offered and will be fetched again: no chunk_1',
    );
    expect(lines.figures).toMatchObject({ heldChunks: 2, complete: false });
    for (const event of [received, completed]) lines.follow(event);
    expect(lines.figures).toMatchObject({ heldChunks: 3, complete: true });
  });

  it('tells only what went wrong when quiet, and details when verbose', () => {
    const request: SwarmEvent = {
      type: 'chunk-requested',
      atMs: 1,
      peer: 'a',
      index: 1,
      from: bob,
      protocol: 'spec',
    };
    expect(new ClientLines('a', 'quiet').follow(joined)).toBeUndefined();
    expect(new ClientLines('a', 'quiet').follow(lost(1000))).toBeDefined();
    expect(new ClientLines('a', 'normal').follow(request)).toBeUndefined();
    expect(new ClientLines('a', 'verbose').follow(request)).toBeDefined();
  });
});

it('the tracker tells where it listens and whom it forgot, and each answer when verbose', () => {
  const started: SwarmEvent = { type: 'tracker-started', atMs: 0, peer: 'tracker', address: tracker };
  const located: SwarmEvent = { type: 'chunk-located', atMs: 0, peer: 'tracker', index: 4, holders: [bob] };
  expect(new TrackerLines('normal').follow(started)).toBe('tracker: listening on localhost:5100');
  expect(new TrackerLines('normal').follow(located)).toBeUndefined();
  expect(new TrackerLines('verbose').follow(located)).toBe('tracker: chunk 4 is held by localhost:6002');
});

it('the tracker tells who registered and who completed', () => {
  const about = { atMs: 0, peer: 'tracker', address: bob };
  const lines = new TrackerLines('normal');
  expect(lines.follow({ type: 'client-registered', ...about, protocol: 'spec' })).toBe(
    'tracker: localhost:6002 registered, spec protocol',
  );
  expect(lines.follow({ type: 'client-completed', ...about, chunks: 12 })).toBe(
    'tracker: localhost:6002 holds all 12 chunks that are known here',
  );
});

it('the tracker tells once that it is left up for another content', () => {
  const lines = new TrackerLines('normal');
  const changed = (atMs: number, index: number): SwarmEvent => ({
    ...{ type: 'content-changed', atMs, peer: 'tracker', index },
    ...{ formerHash: 'a'.repeat(40), hash: 'b'.repeat(40) },
  });
  expect(lines.follow(changed(0, 3))).toContain(`another content from now on: chunk 3 is ${'b'.repeat(40)}`);
  expect(lines.follow(changed(10, 4))).toBeUndefined();
  expect(lines.follow(changed(60_000, 4))).toBeDefined();
  expect(
    lines.follow({
      ...{ type: 'content-changed', atMs: 0, peer: 'tracker' },
      formerTotalChunks: 12,
      totalChunks: 50,
    }),
  ).toBe('tracker: another file from now on: 50 chunks instead of 12');
});
