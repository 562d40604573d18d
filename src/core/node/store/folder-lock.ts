/** Keeps two clients from working in one chunk folder at the same time. */
import { closeSync, lstatSync, openSync, readFileSync, rmSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
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
}

/**
 * A chunk folder held by this process, by the file `.client.lock` in it. One that is killed leaves the file, and the
 * next client takes it over. Holds among clients of one machine; programs by others do not know of it.
 */
export class FolderLock {
  readonly #path: string;
  readonly #text: string;

  /**
   * @throws {ConfigError} another living client has the folder; names its process
   * @throws {StoreError} nothing can be written there, there is no such folder, or a link has the lock's name
   */
  static take(folder: string): FolderLock {
    const path = join(folder, LOCK_NAME);
    const own: Holder = { pid: process.pid, since: processStart(process.pid), folder: identify(folder) };
    const text = `${JSON.stringify(own)}\n`;
    for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
      if (create(path, text, folder)) return new FolderLock(path, text);
      refuseLink(path);
      const found = read(path);
      if (found === undefined) continue;
      const holder = livingHolder(path, found, own.folder);
      if (holder !== undefined) throw inUse(folder, holder);
      takeAway(path, found, text, folder);
    }
    throw inUse(folder, 'several start at once');
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
function livingHolder(path: string, text: string, folder: string): string | undefined {
  const holder = parse(text);
  if (holder === undefined) {
    const about = statSync(path, { throwIfNoEntry: false });
    const isNew = about !== undefined && Math.abs(Date.now() - about.mtimeMs) < UNWRITTEN_MS;
    return isNew ? 'which is just starting' : undefined;
  }
  const { pid, since } = holder;
  const lives = holder.folder === folder && isLivingProcess(pid) && processStart(pid) === since;
  return lives ? `process ${pid}` : undefined;
}

function parse(text: string): Holder | undefined {
  try {
    const { pid, since, folder } = JSON.parse(text) as Record<keyof Holder, unknown>;
    const isWhole = Number.isSafeInteger(pid) && typeof since === 'string' && typeof folder === 'string';
    return isWhole ? { pid: pid as number, since, folder } : undefined;
  } catch {
    return undefined;
  }
}

/** No client makes one: what is behind it may be anywhere, or be nothing. */
function refuseLink(path: string): void {
  const about = onDisk('read', path, () => lstatSync(path, { throwIfNoEntry: false }));
  if (about?.isSymbolicLink() !== true) return;
  throw new StoreError(`${path} is a link, but a client writes its lock there; remove it`);
}

/**
 * Removes a left lock. Several may find the same one, and the slowest would remove what the fastest has put in its
 * place: so only who has the guard looks once more and removes. One that is killed meanwhile leaves its guard.
 */
function takeAway(path: string, found: string, text: string, folder: string): void {
  const guard = `${path}.part`;
  if (!create(guard, text, folder)) {
    const other = read(guard);
    if (other !== undefined && livingHolder(guard, other, identify(folder)) === undefined) {
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

function inUse(folder: string, holder: string): ConfigError {
  return new ConfigError(
    `${folder} is in use by another client (${holder}); stop that one, or give this one a folder of its own`,
  );
}
