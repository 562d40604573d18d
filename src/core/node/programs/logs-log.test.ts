import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { folderOfTest } from '../../../../test/support/folder-of-test.ts';
import { StoreError } from '../../errors.ts';
import type { SwarmEvent } from '../../events.ts';
import { LogsLog, logLine } from './logs-log.ts';

const hash = 'a'.repeat(40);
const alice = { host: '127.0.0.1', port: 6001 };
const bob = { host: 'localhost', port: 6002 };
const asked: SwarmEvent = { type: 'chunk-asked', atMs: 1, peer: 'alice', index: 3 };

it.each<[SwarmEvent, string]>([
  [
    { type: 'chunk-announced', atMs: 1, peer: 'alice', index: 3, address: alice, protocol: 'spec' },
    'alice,LOCAL_CHUNKS,3,localhost,6001',
  ],
  [
    { type: 'chunk-announced', atMs: 1, peer: 'alice', index: 3, hash, address: alice, protocol: 'spec' },
    `alice,LOCAL_CHUNKS,3,${hash},localhost,6001`,
  ],
  [asked, 'alice,WHERE_CHUNK,3'],
  [
    { type: 'chunk-requested', atMs: 1, peer: 'alice', index: 3, from: bob, protocol: 'spec' },
    'alice,REQUEST_CHUNK,3,localhost,6002',
  ],
  [
    { type: 'chunk-located', atMs: 1, peer: 'tracker', index: 3, holders: [alice, bob] },
    'P2PTracker,GET_CHUNK_FROM,3,localhost,6001,localhost,6002',
  ],
  [
    { type: 'chunk-located', atMs: 1, peer: 'tracker', index: 3, hash, holders: [bob] },
    `P2PTracker,GET_CHUNK_FROM,3,${hash},localhost,6002`,
  ],
  [{ type: 'chunk-unlocated', atMs: 1, peer: 'tracker', index: 3 }, 'P2PTracker,CHUNK_LOCATION_UNKNOWN,3'],
])('writes the line of the classic programs: $0.type', (event, line) => {
  expect(logLine(event)).toBe(line);
});

it.each([
  ['plain', 'alice,LOCAL_CHUNKS,3,localhost,6001'],
  ['hashed', `alice,LOCAL_CHUNKS,3,${hash},localhost,6001`],
] as const)('writes announcements by the swarm protocol in the edition: %s', (edition, line) => {
  const event = { type: 'chunk-announced', atMs: 1, peer: 'alice', index: 3, hash, address: alice } as const;
  expect(logLine({ ...event, protocol: 'swarm' }, edition)).toBe(line);
});

it('knows no line for events that the classic programs do not have', () => {
  expect(logLine({ type: 'peer-completed', atMs: 1, peer: 'alice' })).toBeUndefined();
});

const folder = () => folderOfTest('swarm-log-');

const never = (error: Error): void => {
  throw error;
};

it('appends to what others have written, and writes nothing after it was closed', () => {
  const file = join(folder(), 'logs.log');
  const [first, second] = [new LogsLog(file, never), new LogsLog(file, never)];
  first.emit(asked);
  second.emit({ ...asked, peer: 'bob' });
  first.emit({ ...asked, index: 4 });
  first.close();
  first.close();
  first.emit(asked);
  second.close();
  expect(readFileSync(file, 'utf8')).toBe('alice,WHERE_CHUNK,3\nbob,WHERE_CHUNK,3\nalice,WHERE_CHUNK,4\n');
});

it('refuses a file that cannot be opened, naming it and the option', () => {
  const file = join(folder(), 'nowhere', 'logs.log');
  expect(() => new LogsLog(file, never)).toThrow(StoreError);
  expect(() => new LogsLog(file, never)).toThrow(/nowhere.*-log/);
});

it('tells once when the disk takes no more, and does not stop the swarm', () => {
  const failures: StoreError[] = [];
  const log = new LogsLog('/dev/full', (error) => failures.push(error));
  log.emit(asked);
  log.emit(asked);
  log.close();
  expect(failures.map(({ code }) => code)).toEqual(['STORE']);
});
