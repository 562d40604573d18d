/** Where the temporary files of a run go, and what runs that were killed have left there. */
import { accessSync, constants, mkdtempSync, statfsSync, type StatsFs } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StoreError } from '../../../core/errors.ts';
import { KIB } from '../../../core/units.ts';
import { ownPrefix, removeLeftBehind } from '../../../core/node/store/left-behind.ts';
import { reasonOf } from '../../../core/node/store/store-errors.ts';
import { memory } from '../../machine/memory.ts';
import { THIS_MACHINE } from '../../machine/system-files.ts';

const NAME = 'swarm-lab';
const MEMORY_FOLDER = '/dev/shm';
/** `f_type` of a tmpfs, see statfs(2). */
const TMPFS_MAGIC = 0x01021994;
/** A file of a tmpfs takes whole pages, and its default gives each page a file. */
const BYTES_PER_FILE_MIN = 4 * KIB;
/** Of the memory that is available. */
const MEMORY_SHARE_MAX = 1 / 4;
/** Of the room in the file system, which others use as well. */
const ROOM_SHARE_MAX = 1 / 2;

/**
 * How many bytes of temporary files may go to memory. The disk of this machine is no part of a scenario: a file
 * system in memory keeps it out of the figures. 0 where TMPDIR is set, which is then heeded, and where the system has
 * none that can be used. Where few more files may be made, the room is smaller.
 */
export function roomInMemory(machine = THIS_MACHINE): number {
  if (process.platform !== 'linux' || (process.env['TMPDIR'] ?? '') !== '') return 0;
  const free = freeInMemory();
  return free === 0 ? 0 : Math.min(free * ROOM_SHARE_MAX, memory(machine).freeBytes * MEMORY_SHARE_MAX);
}

function freeInMemory(): number {
  try {
    accessSync(MEMORY_FOLDER, constants.W_OK | constants.X_OK);
    return freeBytesOf(statfsSync(MEMORY_FOLDER));
  } catch {
    // The temporary folder on disk is there for this.
    return 0;
  }
}

/** Bytes that files may take in such a file system; 0 when it is not in memory. */
export function freeBytesOf({
  type,
  bavail,
  bsize,
  files,
  ffree,
}: Pick<StatsFs, 'type' | 'bavail' | 'bsize' | 'files' | 'ffree'>): number {
  if (type !== TMPFS_MAGIC) return 0;
  // A tmpfs without a limit of files says that it has 0.
  const filesMax = files === 0 ? Infinity : ffree;
  return Math.min(bavail * bsize, filesMax * BYTES_PER_FILE_MIN);
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
 * @param room Bytes that may go to memory.
 * @throws {StoreError} it cannot be made
 */
export function makeScratch(neededBytes: number, room = roomInMemory()): Scratch {
  const inMemory = room > 0 && neededBytes <= room;
  const parent = inMemory ? MEMORY_FOLDER : tmpdir();
  removeLeftBehind(parent, NAME);
  const pattern = join(parent, ownPrefix(NAME));
  try {
    return { folder: mkdtempSync(pattern), inMemory };
  } catch (cause) {
    throw new StoreError(
      `cannot create a folder in ${parent}: ${reasonOf(cause)}; set TMPDIR to a folder that can be written`,
      { cause },
    );
  }
}
