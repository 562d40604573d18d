import { StoreError } from '../../errors.ts';

const ADVICE: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
  ENOENT: 'it does not exist',
  ENOTDIR: 'it is not a folder',
  EISDIR: 'it is a folder',
  EEXIST: 'it already exists',
  EMFILE: 'too many open files (see ulimit -n)',
  ENFILE: 'too many open files on this system',
  ELOOP: 'its symbolic links form a loop',
  ENXIO: 'it is a pipe or a socket that no program has open at the other end',
};

const GONE: readonly string[] = [
  'ENOENT',
  'ENOTDIR',
  'EISDIR',
  'ELOOP',
  'EACCES',
  'EPERM',
  'ENXIO',
  'ENOTREG',
];

/** A failed operation of the file system as the user's error: `cannot write /x/chunk_1: the disk is full`. */
export function storeError(operation: string, path: string, cause: unknown): StoreError {
  return new StoreError(`cannot ${operation} ${path}: ${reasonOf(cause)}`, { cause });
}

/** Why an operation of the file system failed, in words. */
export function reasonOf(cause: unknown): string {
  const code = errnoOf(cause);
  const known = code === undefined ? undefined : ADVICE[code];
  return known ?? (cause instanceof Error ? cause.message : String(cause));
}

export function errnoOf(error: unknown): string | undefined {
  return error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
}

/** Whether a file that could be read before cannot any more: it was removed, moved, replaced or locked away. */
export function isGone(error: StoreError): boolean {
  return GONE.includes(errnoOf(error.cause) ?? '');
}

/** Runs one operation of the file system; what it throws becomes a `StoreError` with path and cause. */
export function onDisk<T>(operation: string, path: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    throw storeError(operation, path, error);
  }
}
