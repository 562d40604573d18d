/** Rules 1 to 7 of the classic protocol: our client at trackers written by others. */
import { describe, expect, test } from 'vitest';
import { stageOf, type Counterpart } from './interop-stage.ts';

const PLAIN = /^(LOCAL_CHUNKS,\d+,localhost,\d+|WHERE_CHUNK,\d+)$/;
const HASHED = /^(LOCAL_CHUNKS,\d+,[0-9a-f]{40},localhost,\d+|WHERE_CHUNK,\d+)$/;

/** What one client sent, by the connections that announced its port. */
function receivedOn(tracker: Counterpart): Map<unknown, { t: number; data: string }[]> {
  const connections = new Map<unknown, { t: number; data: string }[]>();
  for (const { connection, t, data } of tracker.all('recv')) {
    connections.set(connection, [...(connections.get(connection) ?? []), { t, data: data as string }]);
  }
  return connections;
}

/** Each recv was exactly one message: nothing strange was sent, and nothing arrived together. */
function expectCleanReading(tracker: Counterpart, message: RegExp): void {
  expect(tracker.all('misread')).toEqual([]);
  for (const { data } of tracker.all('recv')) expect(data).toMatch(message);
}

/** Everything that a client held is announced before it asks for anything. */
function expectRegisteredFirst(tracker: Counterpart, held: number): void {
  for (const received of receivedOn(tracker).values()) {
    const first = received.slice(0, held).map(({ data }) => data.split(',')[0]);
    expect(first).toEqual(Array(held).fill('LOCAL_CHUNKS'));
  }
}

describe.concurrent('our clients complete, and are never misread, at a tracker that', () => {
  test.for<[string, string[]]>([
    ['is plain and honest', []],
    ['sleeps 2 s after each answer', ['--nap', '2']],
    ['sleeps 2 s before each answer', ['--nap-before', '2']],
    ['greets', ['--greeting']],
    ['puts its name before each answer, and blanks behind commas', ['--prefix', '--blanks']],
    [
      'ends answers with a comma, and says UNKNOWN with blanks',
      ['--trailing-comma', '--unknown-with-blanks'],
    ],
    ['lists a host without a port', ['--odd-field']],
    ['runs two fields together', ['--glue']],
    ['answers twice', ['--twice']],
    ['says unknown in words of its own', ['--strange-unknown']],
    ['leaves one question unanswered', ['--mute-first', '1']],
  ])('%s', async ([, flags], context) => {
    const it = stageOf(context);
    it.chunkFolder('anna', 3, [1, 2]);
    it.chunkFolder('ben', 3, [2, 3]);
    const { tracker, port } = await it.pythonTracker(...flags);
    const clients = ['anna', 'ben'].map((name) => it.ourClient(name, port));
    await Promise.all(clients.map((client) => client.says(/complete, /)));
    for (const name of ['anna', 'ben']) expect(it.held(name, 3)).toEqual([1, 2, 3]);
    expect(tracker.all('connected')).toHaveLength(2);
    expectCleanReading(tracker, PLAIN);
    expectRegisteredFirst(tracker, 2);
  });

  test('is of the hashed edition', async (context) => {
    const it = stageOf(context);
    it.chunkFolder('anna', 3, [1, 2]);
    it.chunkFolder('ben', 3, [2, 3]);
    it.chunkFolder('cleo', 3, [1, 3]);
    const { tracker, port } = await it.pythonTracker('--edition', 'hashed');
    const clients = ['anna', 'ben', 'cleo'].map((name) => it.ourClient(name, port, '-edition', 'hashed'));
    await Promise.all(clients.map((client) => client.says(/complete, /)));
    for (const name of ['anna', 'ben', 'cleo']) expect(it.held(name, 3)).toEqual([1, 2, 3]);
    expectCleanReading(tracker, HASHED);
  });

  test('knows nothing of the swarm protocol, which our client would rather speak', async (context) => {
    const it = stageOf(context);
    it.chunkFolder('anna', 2, [1]);
    it.chunkFolder('ben', 2, [2]);
    const { tracker, port } = await it.pythonTracker();
    const clients = ['anna', 'ben'].map((name) => it.ourClient(name, port, '-protocol', 'swarm'));
    await Promise.all(clients.map((client) => client.says(/complete, /)));
    expect(tracker.all('connected')).toHaveLength(2);
    expectCleanReading(tracker, PLAIN);
  });

  test('hands out the newline that a careless client announced with: it is not taken for ours', async (context) => {
    const it = stageOf(context);
    it.chunkFolder('careless', 3, [1, 2, 3]);
    it.chunkFolder('anna', 3, [1]);
    const { tracker, port } = await it.pythonTracker('--keep-newline');
    const careless = it.pythonClient('careless', port, '--newline', '--pause', '0.3');
    await careless.says('complete');
    await it.ourClient('anna', port, '-protocol', 'swarm').says(/complete, /);
    expect(it.held('anna', 3)).toEqual([1, 2, 3]);
    const answers = tracker.all('sent').map(({ data }) => data as string);
    expect(answers.some((answer) => answer.endsWith('\n'))).toBe(true);
    const ours = [...receivedOn(tracker).values()].filter(([first]) => !first!.data.endsWith('\n'));
    expect(ours).toHaveLength(1);
    for (const { data } of ours[0]!) expect(data).toMatch(PLAIN);
  });

  test('falls silent for good: it is connected to again, and told everything again', async (context) => {
    const it = stageOf(context);
    it.chunkFolder('anna', 3, [1, 2]);
    it.chunkFolder('ben', 3, [1, 2, 3]);
    const { tracker, port } = await it.pythonTracker('--mute-first', '2');
    const anna = it.ourClient('anna', port);
    await anna.says(/no answer/);
    it.ourClient('ben', port);
    await anna.says(/complete, /);
    expectCleanReading(tracker, PLAIN);
  });

  test('closes the connection: it is connected to again, and told everything again', async (context) => {
    const it = stageOf(context);
    it.chunkFolder('anna', 3, [1, 2]);
    it.chunkFolder('ben', 3, [3]);
    const { tracker, port } = await it.pythonTracker('--drop-after', '3');
    const clients = ['anna', 'ben'].map((name) => it.ourClient(name, port));
    await Promise.all(clients.map((client) => client.says(/complete, /)));
    expectCleanReading(tracker, PLAIN);
    const announcements = tracker.all('recv').filter(({ data }) => /^LOCAL_CHUNKS,1,/.test(data as string));
    expect(new Set(announcements.map(({ connection }) => connection)).size).toBeGreaterThan(1);
  });

  test('also serves classic clients by others', async (context) => {
    const it = stageOf(context);
    it.chunkFolder('anna', 3, [1, 2]);
    it.chunkFolder('guido', 3, [2, 3]);
    const { tracker, port } = await it.pythonTracker('--nap', '1');
    const anna = it.ourClient('anna', port);
    const guido = it.pythonClient('guido', port, '--die-when-refused');
    await Promise.all([anna.says(/complete, /), guido.says('complete')]);
    for (const name of ['anna', 'guido']) expect(it.held(name, 3)).toEqual([1, 2, 3]);
    expectCleanReading(tracker, PLAIN);
  });
});

test('rule 2: our client listens before it announces, and goes on serving when complete', async (context) => {
  const it = stageOf(context);
  it.chunkFolder('anna', 2, [1, 2]);
  it.chunkFolder('guido', 2, []);
  const { tracker, port } = await it.pythonTracker();
  const anna = it.ourClient('anna', port);
  await tracker.says('recv', 2);
  const guido = it.pythonClient('guido', port, '--die-when-refused', '--pause', '0.3');
  await guido.says('complete');
  expect(it.held('guido', 2)).toEqual([1, 2]);
  expect(anna.output).toMatch(/listening/);
});
