/**
 * Checks deploy/kubernetes/*.yaml without a cluster, twice: a misspelt key by the types of kubernetes-types and tsc, a
 * wrong value by the schemas of kubernetes-models. Needs npm; both packages go to a temporary folder.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseAllDocuments } from 'yaml';

const PACKAGES = ['kubernetes-models@4.5.1', 'kubernetes-types@1.30.0'];
const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const [manifests = join(root, 'deploy', 'kubernetes')] = process.argv.slice(2);

const folder = mkdtempSync(join(tmpdir(), 'kubernetes-check-'));
try {
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  const install = ['install', '--silent', '--no-audit', '--no-fund', ...PACKAGES];
  execFileSync('npm', install, { cwd: folder, stdio: 'inherit' });
  const all = readdirSync(manifests)
    .filter((name) => name.endsWith('.yaml'))
    .flatMap((file) =>
      parseAllDocuments(readFileSync(join(manifests, file), 'utf8')).map((document) => ({
        file,
        manifest: document.toJS(),
      })),
    );
  const mistakes = [...misspelt(all), ...invalid(all)];
  for (const mistake of mistakes) console.log(mistake);
  console.log(`${all.length} manifests, ${mistakes.length} mistakes`);
  if (mistakes.length > 0 || all.length === 0) process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function misspelt(all) {
  const lines = all.map(({ manifest }, at) => {
    const { apiVersion, kind } = manifest;
    const module = apiVersion.includes('/') ? apiVersion : `core/${apiVersion}`;
    return (
      `import type { ${kind} as Kind${at} } from 'kubernetes-types/${module}';\n` +
      `export const manifest${at}: Kind${at} = ${JSON.stringify(manifest)};\n`
    );
  });
  writeFileSync(join(folder, 'manifests.ts'), lines.join(''));
  const tsc = join(root, 'node_modules', '.bin', 'tsc');
  const options = ['--noEmit', '--strict', '--skipLibCheck', '--module', 'esnext'];
  const { status, stdout } = spawnSync(tsc, [...options, '--moduleResolution', 'bundler', 'manifests.ts'], {
    cwd: folder,
    encoding: 'utf8',
  });
  return status === 0 ? [] : stdout.trim().split('\n');
}

function invalid(all) {
  const load = createRequire(join(folder, 'package.json'));
  return all.flatMap(({ file, manifest }) => {
    const { [manifest.kind]: Model } = load(`kubernetes-models/${manifest.apiVersion}/${manifest.kind}`);
    try {
      new Model(manifest).validate();
      return [];
    } catch (error) {
      return [`${file}: ${manifest.kind} ${manifest.metadata.name}: ${error.message}`];
    }
  });
}
