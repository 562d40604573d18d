import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Stage, classicFolders, until } from './stage.ts';

let stage: Stage;
beforeEach(() => {
  stage = new Stage();
  stage.copyClassicFolders();
});
afterEach(() => stage.close());

const logLine =
  /^(alice|bob|carol),(LOCAL_CHUNKS,\d+(,[0-9a-f]{40})?,localhost,\d+|WHERE_CHUNK,\d+|REQUEST_CHUNK,\d+,localhost,\d+)$|^P2PTracker,(GET_CHUNK_FROM,\d+(,[0-9a-f]{40})?(,localhost,\d+)+|CHUNK_LOCATION_UNKNOWN,\d+)$/;

/** `<name>,LOCAL_CHUNKS,<i>,` that no line of the log begins with yet. */
function lacksAnnouncements(names: readonly string[], totalChunks: number): string[] {
  const log = stage.log();
  return names
    .flatMap((name) => Array.from({ length: totalChunks }, (_, at) => `${name},LOCAL_CHUNKS,${at + 1},`))
    .filter((beginning) => !log.some((line) => line.startsWith(beginning)));
}

describe.each([
  ['spec', 'plain'],
  ['spec', 'hashed'],
  ['swarm', 'plain'],
])('a tracker and three clients by the %s protocol, %s edition', (protocol, edition) => {
  it('complete copies of the classic three folders and write logs.log', async () => {
    const names = ['alice', 'bob', 'carol'];
    const totalChunks = stage.totalChunks('folder1');
    const missing = classicFolders.map((folder) => {
      const held = stage.heldIndices(folder);
      return Array.from({ length: totalChunks }, (_, at) => at + 1).filter((index) => !held.includes(index));
    });
    const tracker = await stage.tracker('-edition', edition);
    const clients = classicFolders.map((folder, at) =>
      stage.client(names[at]!, folder, tracker.port, '-protocol', protocol, '-edition', edition),
    );
    await Promise.all(clients.map((client) => client.says(/: complete, /)));
    await until(() => lacksAnnouncements(names, totalChunks).length === 0);
    for (const client of clients) client.signal('SIGINT');
    expect(await Promise.all(clients.map((client) => client.ends()))).toEqual(
      names.map(() => ({ code: 0, signal: null })),
    );
    tracker.program.signal('SIGTERM');
    expect(await tracker.program.ends()).toEqual({ code: 0, signal: null });

    const [first, ...others] = classicFolders.map((folder) => stage.hashes(folder, totalChunks));
    for (const other of others) expect(other).toEqual(first);
    const log = stage.log();
    expect(log.filter((line) => !logLine.test(line))).toEqual([]);
    for (const [at, name] of names.entries()) {
      expect(stage.heldIndices(classicFolders[at]!)).toHaveLength(totalChunks);
      for (let index = 1; index <= totalChunks; index++) {
        const requested = log.some((line) => line.startsWith(`${name},REQUEST_CHUNK,${index},`));
        expect(requested).toBe(missing[at]!.includes(index));
      }
    }
    if (protocol === 'spec') {
      for (const [at, name] of names.entries()) {
        for (const index of missing[at]!) expect(log).toContain(`${name},WHERE_CHUNK,${index}`);
      }
      expect(log.some((line) => line.startsWith('P2PTracker,GET_CHUNK_FROM,'))).toBe(true);
    }
  });
});

it('clients of both protocols complete one swarm together', async () => {
  const tracker = await stage.tracker();
  const clients = classicFolders.map((folder, at) =>
    stage.client(`peer${at}`, folder, tracker.port, '-protocol', at === 0 ? 'spec' : 'swarm'),
  );
  await Promise.all(clients.map((client) => client.says(/: complete, /)));
  const totalChunks = stage.totalChunks('folder1');
  const [first, ...others] = classicFolders.map((folder) => stage.hashes(folder, totalChunks));
  for (const other of others) expect(other).toEqual(first);
});
