import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { rolldown } from 'rolldown';
import { expect, it } from 'vitest';
import { folderOfTest } from './support/folder-of-test.ts';

/** Of a bundled module whose third line throws. */
async function stackWith(sourcemap: boolean): Promise<{ stack: string; source: string; thrownAt: string }> {
  const place = folderOfTest('mapped-stacks-');
  const source = join(place, 'source.ts');
  writeFileSync(
    source,
    '// A comment.\ninterface Shape { a: number }\nconst fail = (): Shape => JSON.parse("{");\nfail();\n',
  );
  const bundle = await rolldown({ input: { bundled: source }, platform: 'node' });
  const folder = join(place, sourcemap ? 'with-map' : 'without');
  await bundle.write({ dir: folder, sourcemap });
  await bundle.close();
  const url = (...path: string[]) => JSON.stringify(pathToFileURL(join(...path)).href);
  const program = `
    import { mapStacks } from ${url(import.meta.dirname, '..', 'scripts', 'mapped-stacks.mjs')};
    mapStacks(${JSON.stringify(folder)});
    await import(${url(folder, 'bundled.js')}).catch((error) => process.stdout.write(error.stack));`;
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '--eval', program], {
    encoding: 'utf8',
  });
  const lines = readFileSync(join(folder, 'bundled.js'), 'utf8').split('\n');
  const line = lines.findIndex((text) => text.includes('JSON.parse')) + 1;
  return { stack: stdout, source, thrownAt: `${join(folder, 'bundled.js')}:${line}:` };
}

it('a stack of bundled code names the line of the source', async () => {
  const { stack, source, thrownAt } = await stackWith(true);
  expect(stack).toMatch(/^SyntaxError: .*\n {4}at JSON\.parse/);
  expect(stack).toContain(`    at fail (${source}:3:`);
  expect(stack).not.toContain(thrownAt);
});

it('without a map a stack names the line of the bundle', async () => {
  const { stack, thrownAt } = await stackWith(false);
  expect(stack).toContain(thrownAt);
});
