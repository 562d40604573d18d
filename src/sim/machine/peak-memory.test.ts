import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ModuleKind, transpileModule } from 'typescript';
import { expect, it } from 'vitest';
import { MIB } from '../../core/units.ts';
import { peakMemoryBytes } from './peak-memory.ts';

it('the peak of memory does not fall when memory is given back', () => {
  const held = process.memoryUsage.rss();
  expect(peakMemoryBytes()).toBeGreaterThan(0.9 * held);
});

it.runIf(process.platform === 'linux')(
  'the peak of a program is not that of the one that has started it',
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'peak-memory-'));
    try {
      const source = readFileSync(join(import.meta.dirname, 'peak-memory.ts'), 'utf8');
      const { outputText } = transpileModule(source, { compilerOptions: { module: ModuleKind.ESNext } });
      writeFileSync(join(folder, 'inner.mjs'), `${outputText}\nconsole.log(peakMemoryBytes());`);
      writeFileSync(
        join(folder, 'outer.mjs'),
        `import { spawnSync } from 'node:child_process';
       const held = Buffer.alloc(${400 * MIB}, 1);
       const { stdout } = spawnSync(process.execPath, ['inner.mjs'], { encoding: 'utf8' });
       console.log(held.length > 0 && stdout);`,
      );
      const { stdout } = spawnSync(process.execPath, ['outer.mjs'], { cwd: folder, encoding: 'utf8' });
      expect(Number(stdout)).toBeGreaterThan(10 * MIB);
      expect(Number(stdout)).toBeLessThan(300 * MIB);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
);
