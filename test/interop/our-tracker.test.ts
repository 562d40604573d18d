/** Rules 12 to 16 of the classic protocol: our tracker and clients written by others. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { stageOf } from './interop-stage.ts';

describe.concurrent('at our tracker a swarm completes with a classic client that', () => {
  test.for<[string, string[]]>([
    ['asks without any pause', ['--busy']],
    ['ends messages with a newline', ['--newline']],
    ['batches announcements with newlines', ['--batch']],
    ['glues announcements', ['--glue']],
    ['says 127.0.0.1', ['--numeric']],
    ['uses a new connection for every question', ['--connection-per-question']],
    ['closes its connection when complete, and goes on serving', ['--close-when-complete']],
    ['never announces what it has downloaded', ['--keep-secret']],
    ['asks before it registers', ['--ask-first']],
    ['only ever asks the first holder listed', ['--first-holder']],
  ])('%s', async ([, flags], context) => {
    const it = stageOf(context);
    it.chunkFolder('odd', 3, [1, 2]);
    it.chunkFolder('guido', 3, [2, 3]);
    it.chunkFolder('anna', 3, [3]);
    it.chunkFolder('late', 3, []);
    const { port } = await it.ourTracker();
    const odd = it.pythonClient('odd', port, '--pause', '0.3', '--die-when-refused', ...flags);
    const guido = it.pythonClient('guido', port, '--pause', '0.3', '--die-when-refused');
    const anna = it.ourClient('anna', port);
    await Promise.all([odd.says('complete'), guido.says('complete'), anna.says(/complete, /)]);
    await it.ourClient('late', port).says(/complete, /);
    for (const name of ['odd', 'guido', 'anna', 'late']) expect(it.held(name, 3)).toEqual([1, 2, 3]);
    expect([odd.alive, guido.alive]).toEqual([true, true]);
    // Rule 14: exactly the specified text, one newline at its end.
    for (const { data } of guido.all('answer')) {
      expect(data).toMatch(/^(GET_CHUNK_FROM,\d+(,localhost,\d+)+|CHUNK_LOCATION_UNKNOWN,\d+)\n$/);
    }
  });

  test('polls in a busy loop for a chunk that nobody has: it is slowed down', async (context) => {
    const it = stageOf(context);
    it.chunkFolder('busy', 2, [1]);
    const { port } = await it.ourTracker();
    const busy = it.pythonClient('busy', port, '--busy', '--pause', '0.1');
    const first = await busy.says('answer', 2);
    const last = await busy.says('answer', 7);
    expect(last.t - first.t).toBeGreaterThan(0.9);
  });
});

describe.concurrent('clients that only ever ask the first holder listed', () => {
  test.for<[string, boolean]>([
    ['of others', false],
    ['of ours', true],
  ])('complete although the one that was first, %s, has left complete', async ([, isOurs], context) => {
    const it = stageOf(context);
    it.chunkFolder('first', 2, [1, 2]);
    for (const name of ['guido', 'anna']) it.chunkFolder(name, 2, [1, 2]);
    for (const name of ['ben', 'cleo']) it.chunkFolder(name, 2, []);
    const { port } = await it.ourTracker();
    const usual = ['--pause', '0.2'];
    if (isOurs) {
      expect(await it.ourClient('first', port, '-exit_when_complete', '5').ends()).toMatchObject({ code: 0 });
    } else await it.pythonClient('first', port, ...usual, '--exit-when-complete').ends();
    await it.pythonClient('guido', port, ...usual).says('announced');
    await it.ourClient('anna', port).says(/announced chunk 2/);
    const late = ['ben', 'cleo'].map((name) => it.pythonClient(name, port, ...usual, '--first-holder'));
    await Promise.all(late.map((client) => client.says('complete')));
    for (const name of ['ben', 'cleo']) expect(it.held(name, 2)).toEqual([1, 2]);
  });
});

describe.concurrent('our tracker, of both editions on one port', () => {
  test('rule 16: hashed, a client with another hash is never given out', async (context) => {
    const it = stageOf(context);
    it.chunkFolder('liar', 2, [1, 2]);
    it.chunkFolder('anna', 2, [1, 2]);
    it.chunkFolder('guido', 2, [1, 2]);
    it.chunkFolder('late', 2, []);
    const { port } = await it.ourTracker('-edition', 'hashed');
    const hashed = ['--edition', 'hashed', '--pause', '0.2'];
    const liar = it.pythonClient('liar', port, ...hashed, '--wrong-hash');
    await liar.says('announced');
    const guido = it.pythonClient('guido', port, ...hashed);
    it.ourClient('anna', port, '-edition', 'hashed');
    await guido.says('announced');
    const late = it.pythonClient('late', port, ...hashed);
    await late.says('complete');
    expect(it.held('late', 2)).toEqual([1, 2]);
    for (const { data } of late.all('answer')) {
      expect(data).toMatch(
        /^(GET_CHUNK_FROM,\d+,[0-9a-f]{40}(,localhost,\d+)+|CHUNK_LOCATION_UNKNOWN,\d+)\n$/,
      );
      expect(data).not.toContain(`,${String(await liar.port())}`);
    }
  });

  test('rule 13: each connection is answered in the edition that it uses', async (context) => {
    const it = stageOf(context);
    for (const name of ['hashed1', 'hashed2']) it.chunkFolder(name, 2, [1, 2]);
    it.chunkFolder('plain', 2, [1]);
    it.chunkFolder('hashed3', 2, [1]);
    const { port } = await it.ourTracker();
    const pause = ['--pause', '0.2'];
    const seeders = ['hashed1', 'hashed2'].map((name) =>
      it.pythonClient(name, port, '--edition', 'hashed', ...pause),
    );
    await Promise.all(seeders.map((seeder) => seeder.says('announced')));
    const plain = it.pythonClient('plain', port, ...pause);
    const hashed = it.pythonClient('hashed3', port, '--edition', 'hashed', ...pause);
    await Promise.all([plain.says('complete'), hashed.says('complete')]);
    expect(plain.all('answer')[0]!.data).toMatch(/^GET_CHUNK_FROM,2(,localhost,\d+)+\n$/);
    expect(hashed.all('answer')[0]!.data).toMatch(/^GET_CHUNK_FROM,2,[0-9a-f]{40}(,localhost,\d+)+\n$/);
  });

  test('a swarm of classic clients, our spec client and our swarm client completes', async (context) => {
    const it = stageOf(context);
    it.chunkFolder('guido', 6, [1, 2]);
    it.chunkFolder('busy', 6, [2, 3]);
    it.chunkFolder('spec', 6, [4, 5]);
    it.chunkFolder('swarm1', 6, [5, 6]);
    it.chunkFolder('swarm2', 6, []);
    const { port } = await it.ourTracker();
    const pythons = [
      it.pythonClient('guido', port, '--pause', '0.2', '--die-when-refused'),
      it.pythonClient('busy', port, '--pause', '0.2', '--busy', '--one-at-a-time', '--die-when-refused'),
    ];
    const ours = [
      it.ourClient('spec', port),
      it.ourClient('swarm1', port, '-protocol', 'swarm'),
      it.ourClient('swarm2', port, '-protocol', 'swarm'),
    ];
    await Promise.all([
      ...pythons.map((client) => client.says('complete')),
      ...ours.map((client) => client.says(/complete, /)),
    ]);
    for (const name of ['guido', 'busy', 'spec', 'swarm1', 'swarm2']) {
      expect(it.held(name, 6)).toEqual([1, 2, 3, 4, 5, 6]);
    }
  });
});

test('rules 17 and 18: lists as others write them are read, and everything is logged as specified', async (context) => {
  const it = stageOf(context);
  const anna = it.chunkFolder('anna', 2, [1]);
  writeFileSync(join(anna, 'local_chunks.txt'), '1, chunk_1 \r\n2, LASTCHUNK');
  it.chunkFolder('guido', 2, [2]);
  const { port } = await it.ourTracker();
  const guido = it.pythonClient('guido', port, '--pause', '0.3');
  const ours = it.ourClient('anna', port);
  await Promise.all([guido.says('complete'), ours.says(/complete, /)]);
  const [, annaPort] = /localhost:(\d+)/.exec(ours.output)!;
  const lines = it.log();
  expect(lines).toContain(`anna,LOCAL_CHUNKS,1,localhost,${annaPort}`);
  expect(lines).toContain('anna,WHERE_CHUNK,2');
  expect(lines).toContain(`anna,REQUEST_CHUNK,2,localhost,${await guido.port()}`);
  expect(lines).toContain(`guido,REQUEST_CHUNK,1,localhost,${annaPort}`);
  expect(lines).toContain(`P2PTracker,GET_CHUNK_FROM,2,localhost,${await guido.port()}`);
  for (const line of lines) {
    expect(line).toMatch(
      /^(\w+,LOCAL_CHUNKS,\d+,localhost,\d+|\w+,WHERE_CHUNK,\d+|\w+,REQUEST_CHUNK,\d+,localhost,\d+|P2PTracker,GET_CHUNK_FROM,\d+(,localhost,\d+)+|P2PTracker,CHUNK_LOCATION_UNKNOWN,\d+)$/,
    );
  }
});
