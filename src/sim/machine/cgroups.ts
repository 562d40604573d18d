/**
 * The control groups of this process, see cgroups(7): version 1 with a hierarchy for each controller, version 2 with
 * one for all, or both beside each other.
 */
import { existsSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { readSystemFile } from './system-files.ts';

export type Controller = 'cpu' | 'memory' | 'pids';

interface Hierarchy {
  /** Where the file system begins within the hierarchy: not at its root in most containers. */
  readonly root: string;
  readonly mountPoint: string;
  readonly version: 1 | 2;
  /** Of version 1; empty for version 2, where any controller may be. */
  readonly controllers: readonly string[];
}

/**
 * The folders that limit this process, its own first, then those around it as far as they can be seen: a limit of any
 * holds. A controller is in one hierarchy at a time; the folders of another have no files of it.
 */
export function foldersOf(controller: Controller, root: string): string[] {
  const paths = readSystemFile(root, 'proc/self/cgroup').split('\n');
  return hierarchies(root)
    .filter(({ version, controllers }) => version === 2 || controllers.includes(controller))
    .flatMap((hierarchy) => {
      const path = ownPath(paths, controller, hierarchy.version);
      return path === undefined ? [] : withAncestors(hierarchy, path, root);
    });
}

/** Lines are `number:controllers:path`; version 2 has the number 0 and no controllers. */
function ownPath(lines: readonly string[], controller: Controller, version: 1 | 2): string | undefined {
  for (const line of lines) {
    const [, number, controllers, path] = /^(\d+):([^:]*):(.*)$/.exec(line) ?? [];
    if (version === 2 ? number === '0' && controllers === '' : controllers?.split(',').includes(controller)) {
      return path;
    }
  }
  return undefined;
}

/** Of /proc/self/mountinfo, see proc(5): `id parent device root mount-point options … - type source super-options`. */
function hierarchies(root: string): Hierarchy[] {
  const found: Hierarchy[] = [];
  for (const line of readSystemFile(root, 'proc/self/mountinfo').split('\n')) {
    const [before = '', after = ''] = line.split(' - ');
    if (!after.startsWith('cgroup')) continue;
    const [, , , within, mountPoint] = before.split(' ').map(unescapeOctal);
    const [type, , options = ''] = after.split(' ');
    if (within === undefined || mountPoint === undefined) continue;
    if (type === 'cgroup2') found.push({ root: within, mountPoint, version: 2, controllers: [] });
    if (type === 'cgroup') {
      found.push({ root: within, mountPoint, version: 1, controllers: options.split(',') });
    }
  }
  return found;
}

/** A space is written `\040`. */
function unescapeOctal(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(parseInt(digits, 8)));
}

function withAncestors({ root: within, mountPoint }: Hierarchy, path: string, root: string): string[] {
  const top = join(root, mountPoint);
  const folders: string[] = [];
  for (let folder = join(top, pathBelowMount(top, within, path)); folder !== top; folder = dirname(folder)) {
    folders.push(folder);
  }
  return [...folders, top];
}

/**
 * A container may see its group as the root of the mount, while the path is told from the root of the host: what is
 * above the mount is dropped. Where the two do not belong together, the longest end of the path that is there counts.
 */
function pathBelowMount(top: string, within: string, path: string): string {
  const inside = posix.relative(posix.join('/', within), posix.join('/', path));
  if (!inside.startsWith('..') && existsSync(join(top, inside))) return inside;
  const parts = path.split('/').filter((part) => part !== '' && part !== '..');
  for (let at = 0; at < parts.length; at++) {
    const end = parts.slice(at).join('/');
    if (existsSync(join(top, end))) return end;
  }
  return '';
}
