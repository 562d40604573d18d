/** A Python that has the libraries which tests read exports with; scripts/python-tools.sh installs them. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..', '..');
const candidates = [
  join(root, 'node_modules', '.cache', 'python-tools', 'bin', 'python'),
  'python3',
  '/usr/bin/python3',
];

/** undefined: none on this machine has them all. */
export function pythonWith(...modules: readonly string[]): string | undefined {
  return candidates.find(
    (python) => spawnSync(python, ['-c', `import ${modules.join(', ')}`], { stdio: 'ignore' }).status === 0,
  );
}

/** @throws that they are to be installed, and how */
export function requirePython(...modules: readonly string[]): string {
  const python = pythonWith(...modules);
  if (python !== undefined) return python;
  throw new Error(`no Python here has ${modules.join(' and ')}; bash scripts/python-tools.sh installs them`);
}

/** Runs lines of Python in a folder. */
export function runPython(python: string, source: string, cwd: string) {
  const { status, stdout, stderr } = spawnSync(python, ['-c', source], { cwd, encoding: 'utf8' });
  return { status, stdout, stderr };
}
