import { tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import { readEnvironment } from '../environment.ts';
import { threadsEngine } from '../engines/threads/threads-engine.ts';
import { virtualEngine } from '../engines/virtual/virtual-engine.ts';
import { expand } from '../expand/expand.ts';
import { parseScenario } from '../scenario/parse.ts';
import { packed, packedNow } from './packed.ts';
import { runPacked } from './packed-run.ts';

const origin = 'swarm-lab.runs.1';
const watcher = { signal: new AbortController().signal };
const request = { folder: tmpdir(), environment: readEnvironment() };
const PLAN = expand(
  parseScenario(
    'content: { generate: { size: 1MiB } }\npeers: { a: { holds: all }, b: {} }\nengine: virtual\n',
    'a.yaml',
  ),
);
const planBytes = packed(Buffer.from(JSON.stringify(PLAN)));

test.each([
  ['without a byte', async () => (await planBytes).subarray(0, 0)],
  ['with another mark', () => Promise.resolve(Buffer.from('x'))],
  ['cut off in what is compressed', () => Promise.resolve(packedNow([Buffer.alloc(99_999)]).subarray(0, 60))],
])('a plan that came %s is refused as damaged, with where it came from', async (_, bytesOf) => {
  await expect(
    runPacked(virtualEngine(), { bytes: await bytesOf(), origin }, watcher, request),
  ).rejects.toMatchObject({
    code: 'REMOTE_PROTOCOL',
    message: expect.stringMatching(/^swarm-lab\.runs\.1: the plan came damaged: /) as string,
  });
});

test('a plan that is cut off in its text, or is of another engine, is refused by name', async () => {
  const bytes = await planBytes;
  const half = { bytes: bytes.subarray(0, bytes.length - 9), origin };
  await expect(runPacked(virtualEngine(), half, watcher, request)).rejects.toThrow(
    /the plan of swarm-lab\.runs\.1/,
  );
  const real = threadsEngine({ workerFile: new URL('file:///unused.js') });
  await expect(runPacked(real, { bytes, origin }, watcher, request)).rejects.toThrow(
    'swarm-lab.runs.1: this run came by the queue of another engine',
  );
});
