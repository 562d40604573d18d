/** Where the temporary files of a run go, and what runs that were killed have left there. */
import { accessSync, constants, mkdtempSync, readdirSync, readlinkSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { errnoOf, onDisk } from '../../../core/node/store-errors.ts';

const MEMORY_FOLDER = '/dev/shm';
/** `f_type` of a tmpfs, see statfs(2). */
const TMPFS_MAGIC = 0x01021994;
/** Of the memory that is available. */
const MEMORY_SHARE_MAX = 1 / 4;
/** Of the room in the file system, which others use as well. */
const ROOM_SHARE_MAX = 1 / 2;

/**
 * How many bytes of temporary files may go to memory. The disk of this machine is no part of a scenario: a file
 * system in memory keeps it out of the figures. 0 where TMPDIR is set, which is then heeded, and where the system has
 * none.
 */
export function roomInMemory(): number {
  if (process.platform !== 'linux' || (process.env['TMPDIR'] ?? '') !== '') return 0;
  try {
    accessSync(MEMORY_FOLDER, constants.W_OK | constants.X_OK);
  } catch {
    return 0;
  }
  const { type, bavail, bsize } = statfsSync(MEMORY_FOLDER);
  if (type !== TMPFS_MAGIC) return 0;
  return Math.min(bavail * bsize * ROOM_SHARE_MAX, process.availableMemory() * MEMORY_SHARE_MAX);
}

export interface Scratch {
  readonly folder: string;
  /** Whether it is in memory, not on a disk. */
  readonly inMemory: boolean;
}

/**
 * Makes an empty folder for so many bytes of temporary files. Who makes it removes it; of those that were killed
 * before they could, the folders are removed here.
 *
 * @throws {StoreError} it cannot be made
 */
export function makeScratch(neededBytes: number): Scratch {
  const room = roomInMemory();
  const inMemory = room > 0 && neededBytes <= room;
  const parent = inMemory ? MEMORY_FOLDER : tmpdir();
  removeLeftBehind(parent);
  const pattern = join(parent, `${ownPrefix()}${process.pid}-`);
  return { folder: onDisk('create', pattern, () => mkdtempSync(pattern)), inMemory };
}

/** Process ids mean something only within their namespace: containers may share the folder. */
function ownPrefix(): string {
  if (process.platform !== 'linux') return 'swarm-lab-';
  return `swarm-lab-${readlinkSync('/proc/self/ns/pid').replace(/\D/g, '')}-`;
}

function removeLeftBehind(parent: string): void {
  const prefix = ownPrefix();
  for (const name of onDisk('read', parent, () => readdirSync(parent))) {
    const pid = name.startsWith(prefix) ? /^(\d+)-/.exec(name.slice(prefix.length))?.[1] : undefined;
    if (pid !== undefined && !isAlive(Number(pid))) {
      rmSync(join(parent, name), { recursive: true, force: true });
    }
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it is somebody else's, and so is its folder.
    return errnoOf(error) !== 'ESRCH';
  }
}
