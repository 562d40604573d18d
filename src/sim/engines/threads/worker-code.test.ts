import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { describe, expect, inject, it } from 'vitest';
import { folderOfTest } from '../../../../test/support/folder-of-test.ts';
import { useV8Flags } from '../run/v8-flags.ts';
import { spareTheCompiler } from './v8-flags.ts';
import { workerCode } from './worker-code.ts';

const LOOK = `
const { Script } = require('node:vm');
const { parentPort, workerData: { file, source, compiled } } = require('node:worker_threads');
const script = new Script(source, { filename: file, cachedData: Buffer.from(compiled) });
parentPort.postMessage(script.cachedDataRejected);
`;

const bundledWorker = (): URL => pathToFileURL(join(inject('bundleFolder'), 'peer-worker.js'));

async function isRejected(): Promise<unknown> {
  const worker = new Worker(LOOK, { eval: true, workerData: workerCode(bundledWorker()) });
  const rejected = await new Promise((resolve, reject) =>
    worker.once('message', resolve).once('error', reject),
  );
  await worker.terminate();
  return rejected;
}

describe('the code of worker threads', () => {
  it.each([1, 25])('is taken over as it was compiled by a thread of %i peers', async (peersPerThread) => {
    spareTheCompiler(peersPerThread);
    expect(await isRejected()).toBe(false);
  });

  it('is taken over after a run in virtual time, too, which has V8 compile in another way', async () => {
    const before = workerCode(bundledWorker());
    useV8Flags({ 'max-inlined-bytecode-size-cumulative': 350 });
    expect(workerCode(bundledWorker())).not.toBe(before);
    expect(await isRejected()).toBe(false);
  });

  it('is compiled once for all runs of a program', () => {
    expect(workerCode(bundledWorker())).toBe(workerCode(bundledWorker()));
  });

  it('is left to a worker that is alone in its folder', () => {
    const file = join(folderOfTest('worker-code-'), 'worker.cjs');
    writeFileSync(file, 'exports.work = () => 1;\n');
    expect(workerCode(pathToFileURL(file))).toBeUndefined();
  });
});
