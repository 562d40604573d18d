/** The program as it was in a commit, in a temporary folder that is gone afterwards. */
import { execFileSync, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigError } from '../../core/errors.ts';
import { ownPrefix, removeLeftBehind } from '../../core/node/store/left-behind.ts';
import { packageFolder } from '../shipped/shipped-files.ts';

const NAME = 'swarm-lab-ref';

export interface GitRef {
  /** As the user wrote it. */
  readonly name: string;
  readonly commit: string;
}

/** The commit of a git ref of the laboratory's own checkout; undefined: there is no such ref, or no checkout. */
export function findGitRef(name: string): GitRef | undefined {
  if (!existsSync(join(packageFolder(), '.git'))) return undefined;
  try {
    const commit = git(['rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`]).trim();
    return { name, commit };
  } catch {
    // It is told what else it could have been.
    return undefined;
  }
}

/**
 * A git worktree of a commit in the temporary folder, with the libraries of this checkout. Who opens it removes it; it is
 * removed when the process exits, too, and what killed programs left is removed when the next one is opened.
 */
export class Checkout {
  readonly ref: GitRef;
  readonly #folder: string;
  readonly #children = new Set<ChildProcess>();
  readonly #remove = (): void => {
    for (const child of this.#children) child.kill('SIGKILL');
    rmSync(this.#folder, { recursive: true, force: true });
    try {
      git(['worktree', 'prune']);
    } catch {
      // An entry whose folder is gone is pruned by git itself in time.
    }
  };

  private constructor(ref: GitRef) {
    this.ref = ref;
    removeLeftBehind(tmpdir(), NAME);
    this.#folder = mkdtempSync(join(tmpdir(), ownPrefix(NAME)));
    process.on('exit', this.#remove);
  }

  /** @throws {ConfigError} git cannot check it out, or it has no program that can be started; nothing is left of it */
  static open(ref: GitRef): Checkout {
    const checkout = new Checkout(ref);
    try {
      git(['worktree', 'add', '--detach', '--quiet', checkout.program, ref.commit]);
      if (!existsSync(checkout.launcher)) {
        throw new ConfigError(`${ref.name} has no scripts/launch.mjs, so its program cannot be started`);
      }
      linkLibraries(checkout.program);
      return checkout;
    } catch (cause) {
      checkout.remove();
      if (cause instanceof ConfigError) throw cause;
      const { stderr = '', message } = cause as Error & { readonly stderr?: string };
      throw new ConfigError(`git cannot check out ${ref.name}: ${stderr.trim() || message}`, { cause });
    }
  }

  get program(): string {
    return join(this.#folder, 'program');
  }

  /** What starts its programs. */
  get launcher(): string {
    return join(this.program, 'scripts', 'launch.mjs');
  }

  /** An empty folder that is gone with it. */
  makeFolder(): string {
    return mkdtempSync(join(this.#folder, 'run-'));
  }

  /** A program that does not outlive this one. */
  watch(child: ChildProcess): void {
    this.#children.add(child);
    child.on('close', () => this.#children.delete(child));
  }

  /** Idempotent. */
  remove(): void {
    this.#remove();
    process.off('exit', this.#remove);
  }
}

/** Each by itself, so that what the program keeps in its folder of libraries goes away with it. */
function linkLibraries(program: string): void {
  const own = join(packageFolder(), 'node_modules');
  const folder = join(program, 'node_modules');
  mkdirSync(folder, { recursive: true });
  for (const name of readdirSync(own)) {
    if (!name.startsWith('.')) symlinkSync(join(own, name), join(folder, name), 'junction');
  }
}

/** @throws what git says, in `stderr` */
function git(args: readonly string[]): string {
  return execFileSync('git', ['-C', packageFolder(), ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}
