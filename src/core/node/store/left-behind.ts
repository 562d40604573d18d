/** Folders that a program makes for itself, and what programs that were killed have left of theirs. */
import { lstatSync, readdirSync, readlinkSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { isLivingProcess } from './processes.ts';

/** How the name of a folder of this process begins: it ends with something of its own. */
export function ownPrefix(word: string): string {
  return `${commonPrefix(word)}${process.pid}-`;
}

/** Of threads of this process that were ended before they could. */
export function removeOwn(parent: string, word: string): void {
  const prefix = ownPrefix(word);
  for (const name of namesIn(parent)) if (name.startsWith(prefix)) removeIfOwn(join(parent, name));
}

/** What belongs to others and what cannot be removed stays: no run fails for what an earlier one left. */
export function removeLeftBehind(parent: string, word: string): void {
  const prefix = commonPrefix(word);
  for (const name of namesIn(parent)) {
    const pid = name.startsWith(prefix) ? /^(\d+)-/.exec(name.slice(prefix.length))?.[1] : undefined;
    if (pid === undefined || isLivingProcess(Number(pid))) continue;
    removeIfOwn(join(parent, name));
  }
}

function removeIfOwn(path: string): void {
  try {
    if (isOwn(path)) rmSync(path, { recursive: true, force: true });
  } catch {
    // Another program may be removing it just now; if not, the next run tries again.
  }
}

/** Process ids mean something only within their namespace: containers may share the folder. */
function commonPrefix(word: string): string {
  if (process.platform !== 'linux') return `${word}-`;
  return `${word}-${readlinkSync('/proc/self/ns/pid').replace(/\D/g, '')}-`;
}

/** Empty where they may not be read. */
function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    // Whether a folder can be made there is found out when it is made.
    return [];
  }
}

/** Only Windows knows no users by number. */
function isOwn(path: string): boolean {
  const user = process.geteuid?.();
  return user === undefined || lstatSync(path).uid === user;
}
