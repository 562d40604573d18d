import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { rolldown } from 'rolldown';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { folderOfTest } from '../../../test/support/folder-of-test.ts';

const bundleFolder = mkdtempSync(join(tmpdir(), 'run-program-'));

beforeAll(async () => {
  const bundle = await rolldown({
    input: ['run-program', 'node-failure'].map((name) => join(import.meta.dirname, `${name}.ts`)),
    platform: 'node',
  });
  await bundle.write({ dir: bundleFolder, entryFileNames: '[name].mjs', chunkFileNames: '[name].mjs' });
  await bundle.close();
});
afterAll(() => {
  rmSync(bundleFolder, { recursive: true });
});

/** A program whose main function has the given body. */
function program(body: string): string[] {
  const url = (name: string) => JSON.stringify(pathToFileURL(join(bundleFolder, `${name}.mjs`)).href);
  const source = `
    import { interruptSignal, runProgram } from ${url('run-program')};
    import { nodeFailure } from ${url('node-failure')};
    await runProgram('example', async () => { ${body} });`;
  return ['--input-type=module', '--eval', source];
}

function run(body: string) {
  const { status, stdout, stderr } = spawnSync(process.execPath, program(body), { encoding: 'utf8' });
  return { status, stdout, stderr };
}

/** Exit and error code of each row of the table of error codes. */
function documentedCodes(): (readonly [exit: string, code: string])[] {
  const text = readFileSync(join(import.meta.dirname, '..', '..', '..', 'docs', 'errors.md'), 'utf8');
  const table = text.slice(text.indexOf('## Error codes'), text.indexOf('Errors cross threads'));
  return [...table.matchAll(/^\| `(\w+)` .*\| (\d+) +\|$/gm)].map(([, code, exit]) => [exit!, code!]);
}

it('there are documented codes to check', () => {
  expect(documentedCodes()).toContainEqual(['1', 'ENGINE']);
  expect(documentedCodes()).toHaveLength(8);
});

describe('runProgram', () => {
  it('ends the process with the code that main returns, also where something is still under way', () => {
    const body = `setInterval(() => {}, 1000); process.stdout.write('x'.repeat(300_000)); return 3;`;
    expect(run(body)).toEqual({ status: 3, stdout: 'x'.repeat(300_000), stderr: '' });
  });

  it.each([
    ['an error that main throws', `throw new TypeError('boom');`],
    [
      'an error that nobody waits for',
      `setTimeout(() => { throw new TypeError('boom'); }); return new Promise(() => {});`,
    ],
    [
      'a rejection that nobody handles',
      `Promise.reject(new TypeError('boom')); return new Promise(() => {});`,
    ],
  ])('calls %s a defect, shows its stack and ends with 70', (_, body) => {
    const { status, stderr } = run(body);
    expect(status).toBe(70);
    expect(stderr).toMatch(/^example: this is a defect of the program, .*\nTypeError: boom\n {4}at /);
  });

  it.each(documentedCodes())(
    'ends with %s after an error of code %s, as docs/errors.md says',
    (exit, code) => {
      const { status, stderr } = run(`throw nodeFailure({ code: '${code}', detail: 'what broke' });`);
      expect(status).toBe(Number(exit));
      if (exit !== '70') expect(stderr).toBe('example: what broke\n');
      else expect(stderr).toMatch(/^example: this is a defect of the program, .*\n.*what broke\n {4}at /);
    },
  );

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    'ends with 130 in one line when it is interrupted by %s',
    async (signal) => {
      const child = spawn(process.execPath, program(untilInterrupted('')));
      let stderr = '';
      child.stderr.on('data', (data: Buffer) => (stderr += data.toString()));
      await once(child.stdout, 'data');
      child.kill(signal);
      expect(await once(child, 'close')).toEqual([130, null]);
      expect(stderr).toBe(`example: stopped by ${signal}\n`);
    },
  );

  it.each([
    [130, ''],
    [0, 'return 0;'],
  ])('finishes what it has begun when its terminal is closed, and ends with its own %i', (code, ending) => {
    const file = join(folderOfTest('program-test-'), 'finished');
    const started = [process.execPath, ...program(untilInterrupted(savingTo(file) + ending))];
    const closer = join(
      import.meta.dirname,
      '..',
      '..',
      '..',
      'test',
      'support',
      'python',
      'close_terminal.py',
    );
    const { stdout } = spawnSync('python3', [closer, 'ready', ...started], { encoding: 'utf8' });
    expect(stdout).toBe(`exit ${code}\n`);
    expect(existsSync(file)).toBe(true);
  });

  it('finishes what it has begun when it is interrupted and its reader is gone as well', async () => {
    const file = join(folderOfTest('program-test-'), 'finished');
    const child = spawn(process.execPath, program(untilInterrupted(savingTo(file))));
    await once(child.stdout, 'data');
    child.stdout.destroy();
    child.stderr.destroy();
    child.kill('SIGHUP');
    expect(await once(child, 'exit')).toEqual([130, null]);
    expect(existsSync(file)).toBe(true);
  });
});

/** A main function that says that it is ready, and when it is interrupted does something before it ends. */
function untilInterrupted(doing: string): string {
  return `
    const signal = interruptSignal();
    setInterval(() => {}, 1000);
    process.stdout.write('ready');
    await new Promise((resolve) => signal.addEventListener('abort', resolve));
    ${doing}
    throw signal.reason;`;
}

/** Speaks, waits until that must have failed, and writes a file. */
function savingTo(file: string): string {
  return `
    const { writeFileSync } = await import('node:fs');
    const { setImmediate } = await import('node:timers/promises');
    for (let turn = 0; turn < 3; turn++) {
      process.stdout.write('saving');
      process.stderr.write('saving');
      await setImmediate();
    }
    writeFileSync(${JSON.stringify(file)}, '');`;
}

describe('a program whose stdout cannot be written', () => {
  const full = (body: string) => {
    const stdout = openSync('/dev/full', 'w');
    const { status, stderr } = spawnSync(process.execPath, program(body), {
      encoding: 'utf8',
      stdio: ['ignore', stdout, 'pipe'],
    });
    closeSync(stdout);
    return { status, stderr };
  };
  const told = 'example: stdout cannot be written: the disk is full\n';

  it('says so in one line, goes on, and ends with 1 where all went well otherwise', () => {
    const body = `
      for (let turn = 0; turn < 3; turn++) {
        process.stdout.write('result');
        await new Promise((resolve) => setImmediate(resolve));
      }
      process.stderr.write('finished\\n');
      return 0;`;
    expect(full(body)).toEqual({ status: 1, stderr: `${told}finished\n` });
    expect(full(`process.stdout.write('result'); return 0;`)).toEqual({ status: 1, stderr: told });
  });

  it('keeps the exit code of what went wrong besides', () => {
    expect(full(`process.stdout.write('result'); return 4;`)).toEqual({ status: 4, stderr: told });
  });

  it('ends with 1 also where the beginning could be written', () => {
    const file = join(folderOfTest('program-test-'), 'output');
    const command = `ulimit -f 1; exec "$0" "$@" > '${file}'`;
    const body = `process.stdout.write('x'.repeat(5000)); return 0;`;
    const { status, stderr } = spawnSync('sh', ['-c', command, process.execPath, ...program(body)], {
      encoding: 'utf8',
    });
    expect(statSync(file).size).toBeGreaterThan(0);
    expect(status).toBe(1);
    expect(stderr).toMatch(/^example: stdout cannot be written: EFBIG.*\n$/);
  });

  it('does not mind a reader that has had enough', async () => {
    const child = spawn(
      process.execPath,
      program(`
      process.stdout.write('first');
      setInterval(() => process.stdout.write('more'), 1);
      return new Promise(() => {});`),
    );
    let stderr = '';
    child.stderr.on('data', (data: Buffer) => (stderr += data.toString()));
    await once(child.stdout, 'data');
    child.stdout.destroy();
    expect(await once(child, 'close')).toEqual([0, null]);
    expect(stderr).toBe('');
  });
});
