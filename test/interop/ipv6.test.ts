/** Holders with IPv6 addresses in swarms with programs by others. */
import { describe, expect, test } from 'vitest';
import { hasIpv6 } from '../support/ipv6.ts';
import { stageOf } from './interop-stage.ts';

describe.runIf(hasIpv6)('over IPv6', () => {
  test('our clients complete with those of others, at our tracker', async (context) => {
    const it = stageOf(context);
    it.chunkFolder('guido', 3, [1, 2]);
    it.chunkFolder('anna', 3, [2, 3]);
    const { port } = await it.ourTracker('-bind', '::1');
    const guido = it.pythonClient('guido', port, '--host', '::1', '--pause', '0.3', '--die-when-refused');
    const anna = it.ourClient('anna', port, '-tracker', `[::1]:${port}`, '-bind', '::1');
    await Promise.all([guido.says('complete'), anna.says(/complete, /)]);
    for (const name of ['guido', 'anna']) expect(it.held(name, 3)).toEqual([1, 2, 3]);
  });

  test('our clients complete at the tracker of others, and announce what it can hand out', async (context) => {
    const it = stageOf(context);
    it.chunkFolder('anna', 3, [1, 2]);
    it.chunkFolder('ben', 3, [2, 3]);
    const { tracker, port } = await it.pythonTracker('--host', '::1');
    const clients = ['anna', 'ben'].map((name) =>
      it.ourClient(name, port, '-tracker', `[::1]:${port}`, '-bind', '::1'),
    );
    await Promise.all(clients.map((client) => client.says(/complete, /)));
    expect(tracker.all('misread')).toEqual([]);
    for (const { data } of tracker.all('recv')) {
      expect(data).toMatch(/^(LOCAL_CHUNKS,\d+,::1,\d+|WHERE_CHUNK,\d+)$/);
    }
  });

  test('a program that knows only IPv4 is not told of a holder that it cannot reach', async (context) => {
    const it = stageOf(context);
    it.chunkFolder('anna', 3, [1, 2, 3]);
    it.chunkFolder('guido', 3, []);
    it.chunkFolder('ben', 3, []);
    const { port } = await it.ourTracker('-bind', '::');
    const anna = it.ourClient('anna', port, '-tracker', `[::1]:${port}`, '-bind', '::1');
    await anna.says(/announced chunk 3/);
    const guido = it.pythonClient('guido', port, '--ipv4-only', '--die-when-refused', '--pause', '0.2');
    await guido.says('answer', 3);
    for (const { data } of guido.all('answer')) expect(data).toMatch(/^CHUNK_LOCATION_UNKNOWN,\d\n$/);
    // Our own client reaches both, and passes the chunks on.
    await it.ourClient('ben', port).says(/complete, /);
    await guido.says('complete');
    expect(it.held('guido', 3)).toEqual([1, 2, 3]);
  });
});
