/** Rules 8 to 11 of the classic protocol: our client among peers written by others. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { stageOf } from './interop-stage.ts';

const TOTAL = 3;
const ALL = [1, 2, 3];

describe.concurrent('rules 8 to 10: our client completes from a peer that', () => {
  test.for<[string, string[], string]>([
    ['serves one connection at a time', ['--one-at-a-time'], 'plain'],
    ['waits 2 s before the first byte', ['--wait', '2'], 'plain'],
    ['sends 200 bytes a second', ['--slow', '200'], 'plain'],
    ['never closes, where hashes tell the end', ['--never-close', '--pause', '0.1'], 'hashed'],
  ])('%s', async ([, flags, edition], context) => {
    const it = stageOf(context);
    it.chunkFolder('guido', TOTAL, ALL);
    it.chunkFolder('anna', TOTAL, []);
    const { port } = await it.ourTracker('-edition', edition, '-agreement', '1');
    const guido = it.pythonClient('guido', port, '--edition', edition, '--pause', '0.2', ...flags);
    await guido.says('announced');
    await it.ourClient('anna', port, '-edition', edition).says(/complete, /);
    expect(it.held('anna', TOTAL)).toEqual(ALL);
    // Exactly one request for each chunk, exactly as specified. Its line may come after the chunk.
    await guido.says('request', TOTAL);
    const requests = guido.all('request').map(({ data }) => data);
    expect(requests.sort()).toEqual(['REQUEST_CHUNK,1', 'REQUEST_CHUNK,2', 'REQUEST_CHUNK,3']);
  });
});

describe.concurrent('rules 9 and 10: our client completes although the other holder', () => {
  test.for<[string, string[], string]>([
    ['answers CHUNK_NOT_FOUND', ['--not-found-text'], 'plain'],
    ['answers CHUNK_NOT_FOUND, hashed', ['--not-found-text'], 'hashed'],
    ['dies in the middle of a chunk', ['--vanish'], 'hashed'],
    ['sends wrong content', ['--wrong-content'], 'hashed'],
  ])('%s', async ([, flags, edition], context) => {
    const it = stageOf(context);
    it.chunkFolder('bad', TOTAL, ALL);
    it.chunkFolder('good', TOTAL, ALL);
    it.chunkFolder('anna', TOTAL, []);
    const { port } = await it.ourTracker('-edition', edition);
    const usual = ['--edition', edition, '--pause', '0.2'];
    const peers = [it.pythonClient('bad', port, ...usual, ...flags), it.pythonClient('good', port, ...usual)];
    await Promise.all(peers.map((peer) => peer.says('announced')));
    const anna = it.ourClient('anna', port, '-edition', edition);
    await anna.says(/complete, /);
    expect(it.held('anna', TOTAL)).toEqual(ALL);
  });

  test('is dead', async (context) => {
    const it = stageOf(context);
    it.chunkFolder('dead', TOTAL, ALL);
    it.chunkFolder('good', TOTAL, ALL);
    it.chunkFolder('anna', TOTAL, []);
    const { port } = await it.ourTracker();
    const dead = it.pythonClient('dead', port, '--pause', '0.2');
    await dead.says('announced');
    await dead.destroy();
    await it.pythonClient('good', port, '--pause', '0.2').says('announced');
    await it.ourClient('anna', port).says(/complete, /);
    expect(it.held('anna', TOTAL)).toEqual(ALL);
  });
});

describe.concurrent('a holder that puts a length before the chunk', () => {
  test.for<[string, readonly string[]]>([
    ['beside one that does not: the chunk is stored', ['bad', 'good']],
    ['alone: the length is dropped', ['bad']],
  ])('%s', async ([, names], context) => {
    const it = stageOf(context);
    for (const name of names) it.chunkFolder(name, TOTAL, ALL);
    it.chunkFolder('anna', TOTAL, []);
    const { port } = await it.ourTracker();
    const holders = names.map((name) =>
      it.pythonClient(name, port, '--pause', '0.2', ...(name === 'bad' ? ['--length-prefix'] : [])),
    );
    await Promise.all(holders.map((holder) => holder.says('announced')));
    await it.ourClient('anna', port).says(/complete, /);
    expect(it.held('anna', TOTAL)).toEqual(ALL);
  });
});

test('join takes the chunks that a client never added to its list', async (context) => {
  const it = stageOf(context);
  it.chunkFolder('anna', TOTAL, ALL);
  it.chunkFolder('guido', TOTAL, [1]);
  const { port } = await it.ourTracker();
  it.ourClient('anna', port);
  await it.pythonClient('guido', port, '--pause', '0.2', '--keep-list').says('complete');
  const join = it.join('guido', 'copy');
  expect(await join.ends()).toMatchObject({ code: 0 });
  const content = Buffer.concat(
    ALL.map((index) => readFileSync(path.join(it.folder, 'anna', `chunk_${index}`))),
  );
  expect(readFileSync(path.join(it.folder, 'copy')).equals(content)).toBe(true);
});

describe.concurrent('rule 11: our client serves one who', () => {
  test.for<[string, string[]]>([
    ['asks as specified', []],
    ['ends the request with a newline', ['--request-suffix', '\\n']],
    ['adds fields', ['--request-suffix', ',localhost,5001']],
    ['sends the request letter by letter', ['--request-in-pieces']],
    ['reads 2 s late', ['--late-read', '2']],
    ['closes its own side once it has asked', ['--half-close']],
  ])('%s', async ([, flags], context) => {
    const it = stageOf(context);
    // Larger than what the sockets keep for a late reader.
    const large = (index: number): Buffer => Buffer.alloc(8 * 1024 * 1024, `chunk ${index} `);
    it.chunkFolder('anna', 2, [1, 2], large);
    it.chunkFolder('guido', 2, [], large);
    const { port } = await it.ourTracker();
    const anna = it.ourClient('anna', port);
    await anna.says(/chunk 2.*announced|announced.*chunk 2/i);
    const guido = it.pythonClient('guido', port, '--pause', '0.2', '--die-when-refused', ...flags);
    await guido.says('complete');
    expect(it.held('guido', 2, large)).toEqual([1, 2]);
  });
});

test('a holder that sent another content before it was agreed on is asked again once it is', async (context) => {
  const it = stageOf(context);
  const other = (index: number): Buffer => Buffer.from(`another content ${index}, `.repeat(20));
  for (const name of ['anna', 'ben']) it.chunkFolder(name, TOTAL, ALL);
  for (const name of ['guido', 'dora']) it.chunkFolder(name, TOTAL, ALL, other);
  it.chunkFolder('late', TOTAL, []);
  const hashed = ['--edition', 'hashed', '--pause', '0.2'];
  const { port } = await it.ourTracker('-edition', 'hashed');
  const former = ['anna', 'ben'].map((name) => it.pythonClient(name, port, ...hashed));
  await Promise.all(former.map((client) => client.says('announced')));
  const [first, second] = await Promise.all(former.map((client) => client.port()));
  await Promise.all(former.map((client) => client.destroy()));

  // The second swarm comes to the same ports. One of it is asked for a chunk that it has not announced yet.
  const late = it.ourClient('late', port, '-edition', 'hashed');
  it.pythonClient('guido', port, '--edition', 'hashed', '--pause', '8', '-transfer_port', `${first}`);
  await late.says(new RegExp(`localhost:${first} will not be asked again`));
  it.pythonClient('dora', port, ...hashed, '-transfer_port', `${second}`, '--not-found-text');
  await late.says(/complete, /);
  expect(it.held('late', TOTAL, other)).toEqual(ALL);
});
