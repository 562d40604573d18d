/** The licences of the libraries whose code a bundle holds, as its copies have to carry them. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The folder of the package that a file of node_modules belongs to. */
function packageOf(file) {
  for (let folder = dirname(file); folder !== dirname(folder); folder = dirname(folder)) {
    const manifest = join(folder, 'package.json');
    if (existsSync(manifest) && JSON.parse(readFileSync(manifest, 'utf8')).name !== undefined) return folder;
  }
  throw new Error(`${file} belongs to no package`);
}

function licenceOf(folder) {
  const { name, version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const file = readdirSync(folder).find((one) => /^(licen[cs]e|copying)/i.test(one));
  if (file === undefined) throw new Error(`${name} has no licence in its package`);
  const text = readFileSync(join(folder, file), 'utf8').replaceAll('\r\n', '\n').trim();
  const lines = text.split('\n');
  const holders = lines.filter((line) => line.startsWith('Copyright '));
  // What one holder permits is often the same as elsewhere; a licence of several is left as it is.
  if (holders.length !== 1) return { library: `${name} ${version}`, terms: text };
  const terms = lines.filter((line) => line !== holders[0] && !/^(ISC|MIT) License$/i.test(line.trim()));
  return { library: `${name} ${version}: ${holders[0]}`, terms: terms.join('\n').trim() };
}

/** A comment with every licence, each text once, after the libraries that it is of. */
export function licenceComment(files) {
  const folders = new Set(files.filter((file) => file.includes('node_modules')).map(packageOf));
  const byTerms = new Map();
  for (const { library, terms } of [...folders].sort().map(licenceOf)) {
    // Of the same words, however their lines are broken.
    const key = terms.replaceAll(/\s+/g, ' ');
    const known = byTerms.get(key) ?? { terms, libraries: [] };
    known.libraries.push(library);
    byTerms.set(key, known);
  }
  const parts = [...byTerms.values()].map(({ terms, libraries }) => `${libraries.join('\n')}\n\n${terms}`);
  const text = ['Libraries in this script, and their licences.', ...parts].join('\n\n');
  return `/*!\n${text.replaceAll('*/', '* /')}\n*/\n`;
}
