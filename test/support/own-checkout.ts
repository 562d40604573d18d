/** A git repository of its own with the present source of `sim`, in which a test may commit and change what it likes. */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';

const root = join(import.meta.dirname, '..', '..');

/** What only other programs are made of: each test has the source bundled twice, the most of which is for these. */
const OF_OTHER_PROGRAMS =
  /^src\/(cli\/(?!sim)[^/]+\.ts|sim\/(calibrate|fuzz|papers)\/[^/]+-worker\.ts|.*\.test\.ts)$/;

const isWanted = (path: string): boolean =>
  !OF_OTHER_PROGRAMS.test(relative(root, path).replaceAll('\\', '/'));

export class OwnCheckout {
  readonly folder = mkdtempSync(join(tmpdir(), 'own-checkout-'));
  readonly #running = new Set<ChildProcess>();

  constructor() {
    for (const name of [
      'src',
      'scripts',
      'scenarios',
      'package.json',
      'package-lock.json',
      'tsconfig.json',
      '.gitignore',
    ]) {
      cpSync(join(root, name), join(this.folder, name), { recursive: true, filter: isWanted });
    }
    mkdirSync(join(this.folder, 'node_modules'));
    for (const name of readdirSync(join(root, 'node_modules'))) {
      if (name.startsWith('.')) continue;
      symlinkSync(join(root, 'node_modules', name), join(this.folder, 'node_modules', name));
    }
    this.git('init', '--quiet', '--initial-branch=main');
    this.commit();
  }

  git(...args: readonly string[]): string {
    return execFileSync('git', ['-C', this.folder, ...args], { encoding: 'utf8' });
  }

  commit(): void {
    this.git('add', '--all');
    const who = ['-c', 'user.name=Test', '-c', 'user.email=test@example.org'];
    this.git(...who, 'commit', '--quiet', '--message', 'test');
  }

  /** Starts its program, `sim`. */
  start(args: readonly string[], cwd: string, env: NodeJS.ProcessEnv): ChildProcess {
    const child = spawn(process.execPath, [join(this.folder, 'scripts', 'launch.mjs'), ...args], {
      cwd,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, NO_COLOR: '1', ...env },
    });
    this.#running.add(child);
    child.on('close', () => this.#running.delete(child));
    return child;
  }

  remove(): void {
    for (const child of this.#running) child.kill('SIGKILL');
    rmSync(this.folder, { recursive: true, force: true });
  }
}
