/** The swarm protocol, as a program speaks it that was written from docs/protocol.md alone. */
import { join } from 'node:path';
import { describe, expect, test, type TestContext } from 'vitest';
import { Counterpart, type InteropStage, stageOf } from './interop-stage.ts';

function stranger(it: InteropStage, context: TestContext, name: string, trackerPort: number): Counterpart {
  const args = ['-folder', join(it.folder, name), '-name', name, '--tracker-port', String(trackerPort)];
  const counterpart = new Counterpart('swarm_stranger.py', args, it.folder);
  context.onTestFinished(() => counterpart.destroy());
  return counterpart;
}

const swarm = ['-protocol', 'swarm'];
const all = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];

describe.concurrent('a stranger that speaks the swarm protocol', () => {
  test('completes what our peers hold, and they complete what it holds', async (context) => {
    const it = stageOf(context);
    it.chunkFolder('zoe', 10, [1, 2, 3, 4]);
    it.chunkFolder('anna', 10, [4, 5, 6, 7]);
    it.chunkFolder('ben', 10, [8, 9, 10]);
    const { port } = await it.ourTracker();
    const zoe = stranger(it, context, 'zoe', port);
    const ours = ['anna', 'ben'].map((name) => it.ourClient(name, port, ...swarm));
    await Promise.all([zoe.says('complete'), ...ours.map((client) => client.says(/complete, /))]);
    for (const name of ['zoe', 'anna', 'ben']) expect(it.held(name, 10)).toEqual(all);
    expect(zoe.alive).toBe(true);
  });

  test('seeds alone for our peers', async (context) => {
    const it = stageOf(context);
    it.chunkFolder('zoe', 10, all);
    it.chunkFolder('anna', 10, []);
    const { port } = await it.ourTracker();
    const zoe = stranger(it, context, 'zoe', port);
    await it.ourClient('anna', port, ...swarm).says(/complete, /);
    expect(it.held('anna', 10)).toEqual(all);
    expect(new Set(zoe.all('served').map(({ index }) => index))).toEqual(new Set(all));
  });

  test('trades with another of its kind, whom it knows from our tracker', async (context) => {
    const it = stageOf(context);
    it.chunkFolder('zoe', 10, [1, 2, 3, 4, 5]);
    it.chunkFolder('yan', 10, [5, 6, 7, 8, 9, 10]);
    const { port } = await it.ourTracker();
    const zoe = stranger(it, context, 'zoe', port);
    await zoe.says('listening');
    const yan = stranger(it, context, 'yan', port);
    await Promise.all([zoe.says('complete'), yan.says('complete')]);
    expect([it.held('zoe', 10), it.held('yan', 10)]).toEqual([all, all]);
  });
});
