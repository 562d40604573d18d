/** Keeps two programs from working in one folder at the same time. */
import { closeSync, lstatSync, openSync, readFileSync, rmSync, statSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ConfigError, StoreError } from '../../errors.ts';
import { LOCK_NAME } from './local-chunks.ts';
import { isLivingProcess, processStart } from './processes.ts';
import { errnoOf, onDisk, storeError } from './store-errors.ts';

/** A lock that says nothing is being written just now; an older one was left so by a crash of the system. */
const UNWRITTEN_MS = 5000;
/** Others that start at the same moment may be faster, but not for ever. */
const ATTEMPTS_MAX = 10;

/** What the file says: who holds which folder. A copy is another folder, so that the lock in it means nothing. */
interface Holder {
  readonly pid: number;
  /** See `processStart`. */
  readonly since: string;
  /** Device and inode: they stay when the folder is moved. */
  readonly folder: string;
  /** See `LockKind`. */
  readonly host?: string;
  readonly judge?: string;
}

/** What a folder is held for. */
export interface LockKind {
  /** Of the file. */
  readonly name: string;
  /** Of this machine, where several may share the folder: whether a process of another one lives nobody can tell here. */
  readonly host?: string;
  /** By whom holders are told apart otherwise: the lock of one with the same judge is taken over although it lives. */
  readonly judge?: string;
  /** @param holder `process 4711`, `process 4711 on host-2`, `which is just starting` */
  readonly refusal: (folder: string, holder: string) => ConfigError;
}

const CLIENT: LockKind = {
  name: LOCK_NAME,
  refusal: (folder, holder) =>
    new ConfigError(
      `${folder} is in use by another client (${holder}); stop that one, or give this one a folder of its own`,
    ),
};

/**
 * A folder held by this process, by a file in it: a chunk folder by `.client.lock`. One that is killed leaves the file, and
 * the next one takes it over. Holds among programs of one machine (see `LockKind.host`); programs by others do not know
 * of it.
 */
export class FolderLock {
  readonly #path: string;
  readonly #text: string;

  /**
   * @param kind default: a client's
   * @throws {ConfigError} another living process has the folder; names it
   * @throws {StoreError} nothing can be written there, there is no such folder, or a link has the lock's name
   */
  static take(folder: string, kind = CLIENT): FolderLock {
    const path = join(folder, kind.name);
    const own = ownHold(folder, kind);
    const text = `${JSON.stringify(own)}\n`;
    for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
      if (create(path, text, folder)) return new FolderLock(path, text);
      const found = readFree(path, folder, own, kind);
      if (found !== undefined) takeAway(path, found, text, own);
    }
    throw kind.refusal(folder, 'several start at once');
  }

  /** Whether it could be taken, without taking it. @throws as `take` does, but never that nothing can be written */
  static requireFree(folder: string, kind: LockKind): void {
    readFree(join(folder, kind.name), folder, ownHold(folder, kind), kind);
  }

  private constructor(path: string, text: string) {
    this.#path = path;
    this.#text = text;
  }

  /** Removes the file, unless it has become another's. Idempotent. */
  release(): void {
    if (read(this.#path) === this.#text) onDisk('remove', this.#path, () => rmSync(this.#path));
  }
}

function ownHold(folder: string, { host, judge }: LockKind): Holder {
  return {
    pid: process.pid,
    since: processStart(process.pid),
    folder: identify(folder),
    ...(host !== undefined && { host }),
    ...(judge !== undefined && { judge }),
  };
}

/** What a lock says that may be taken away; undefined: there is none. @throws {ConfigError} its holder lives */
function readFree(path: string, folder: string, own: Holder, kind: LockKind): string | undefined {
  refuseLink(path);
  const found = read(path);
  if (found === undefined) return undefined;
  const judge = parse(found)?.judge;
  if (judge !== undefined && judge === own.judge) return found;
  const holder = livingProcess(path, found, own);
  if (holder !== undefined) throw kind.refusal(folder, holder);
  return found;
}

function identify(folder: string): string {
  const { dev, ino } = onDisk('open', folder, () => statSync(folder, { bigint: true }));
  return `${dev}:${ino}`;
}

/** Returns false when there is one already. */
function create(path: string, text: string, folder: string): boolean {
  try {
    const descriptor = openSync(path, 'wx');
    try {
      writeSync(descriptor, text);
    } catch (error) {
      rmSync(path, { force: true });
      throw error;
    } finally {
      closeSync(descriptor);
    }
    return true;
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') return false;
    throw storeError('write into', folder, error);
  }
}

/** undefined: there is none any more. */
function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw storeError('read', path, error);
  }
}

/** The holder of the lock with this text, in words; undefined if its process is gone. */
function livingProcess(path: string, text: string, own: Holder): string | undefined {
  const holder = parse(text);
  if (holder === undefined) {
    const about = statSync(path, { throwIfNoEntry: false });
    const isNew = about !== undefined && Math.abs(Date.now() - about.mtimeMs) < UNWRITTEN_MS;
    return isNew ? 'which is just starting' : undefined;
  }
  const { pid, since, folder, host } = holder;
  if (host !== own.host) return `process ${pid} on ${host ?? 'another host'}`;
  const lives = folder === own.folder && isLivingProcess(pid) && processStart(pid) === since;
  return lives ? `process ${pid}${host === undefined ? '' : ` on ${host}`}` : undefined;
}

function parse(text: string): Holder | undefined {
  try {
    const holder = JSON.parse(text) as Record<keyof Holder, unknown>;
    const { pid, since, folder, host, judge } = holder;
    const isWhole =
      Number.isSafeInteger(pid) &&
      [since, folder, host ?? '', judge ?? ''].every((one) => typeof one === 'string');
    return isWhole ? (holder as unknown as Holder) : undefined;
  } catch {
    return undefined;
  }
}

/** No program makes one: what is behind it may be anywhere, or be nothing. */
function refuseLink(path: string): void {
  const about = onDisk('read', path, () => lstatSync(path, { throwIfNoEntry: false }));
  if (about?.isSymbolicLink() !== true) return;
  throw new StoreError(`${path} is a link, but a program writes its lock there; remove it`);
}

/**
 * Removes a left lock. Several may find the same one, and the slowest would remove what the fastest has put in its
 * place: so only who has the guard looks once more and removes. One that is killed meanwhile leaves its guard.
 */
function takeAway(path: string, found: string, text: string, own: Holder): void {
  const guard = `${path}.part`;
  if (!create(guard, text, dirname(path))) {
    const other = read(guard);
    // Who is at it is asked for its life, whoever else decides.
    if (other !== undefined && livingProcess(guard, other, own) === undefined) {
      rmSync(guard, { force: true });
    }
    return;
  }
  try {
    if (read(path) === found) onDisk('remove', path, () => rmSync(path));
  } finally {
    rmSync(guard, { force: true });
  }
}
