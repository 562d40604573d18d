import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, inject, it } from 'vitest';

/** A program whose main function has the given body. */
function program(body: string): string[] {
  const url = (name: string) =>
    JSON.stringify(pathToFileURL(join(inject('bundleFolder'), `${name}.js`)).href);
  const source = `
    import { interruptSignal, runProgram } from ${url('program')};
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
  const text = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'errors.md'), 'utf8');
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

  it('ends with 130 in one line when it is interrupted', async () => {
    const body = `
      const signal = interruptSignal();
      setInterval(() => {}, 1000);
      process.stdout.write('ready');
      return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));`;
    const child = spawn(process.execPath, program(body));
    let stderr = '';
    child.stderr.on('data', (data: Buffer) => (stderr += data.toString()));
    await once(child.stdout, 'data');
    child.kill('SIGINT');
    expect(await once(child, 'close')).toEqual([130, null]);
    expect(stderr).toBe('example: stopped by SIGINT\n');
  });
});
