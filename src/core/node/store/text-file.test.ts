import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { folderOfTest } from '../../../../test/support/folder-of-test.ts';
import { loadScenario } from '../../../sim/scenario/fixture.ts';
import { loadSaved } from '../../../sim/experiment/load-saved.ts';
import { readList } from './chunk-files.ts';
import { readTextFile } from './text-file.ts';

let place: string;
let file: string;

beforeEach(() => {
  place = folderOfTest('text-file-');
  file = join(place, 'file');
});

const swapped = (text: string) => Buffer.from(text, 'utf16le').swap16();

it.each([
  ['little-endian with a mark', Buffer.from('\ufeff1,chunk_1\n', 'utf16le')],
  ['big-endian with a mark', swapped('\ufeff1,chunk_1\n')],
  ['little-endian without one', Buffer.from('1,chunk_1\n', 'utf16le')],
  ['big-endian without one', swapped('1,chunk_1\n')],
])('a file of UTF-16, %s, is told as that', (_, bytes) => {
  writeFileSync(file, bytes);
  expect(() => readTextFile(file)).toThrow(`${file} is saved as UTF-16; save it as UTF-8`);
});

it('a picture or another binary file is told as no text, and text of an older encoding is read', () => {
  writeFileSync(file, Buffer.from('\x89PNG\r\n\x1a\n\0\0\0\rIHDR', 'latin1'));
  expect(() => readTextFile(file)).toThrow(`${file} is not a text file; give a text file of UTF-8`);
  expect(() => loadScenario(file)).toThrow('is not a text file');
  writeFileSync(file, Buffer.from('1,gr\xf6\xdfe\n', 'latin1'));
  expect(readTextFile(file)).toMatch(/^1,gr/);
});

it('UTF-8 is read, with whatever signs', () => {
  for (const text of ['', 'a', 'größe: 😀\n', '\ufeffa: 1\n', 'a\u0000b']) {
    writeFileSync(file, text);
    expect(readTextFile(file)).toBe(text);
  }
});

it('scenarios, lists of chunks and saved results are told as UTF-16', () => {
  const utf16 = Buffer.from('\ufeffcontent: x\n', 'utf16le');
  writeFileSync(join(place, 'x.yaml'), utf16);
  expect(() => loadScenario(join(place, 'x.yaml'))).toThrow('is saved as UTF-16; save it as UTF-8');
  expect(() => loadSaved(join(place, 'x.yaml'))).toThrow('is saved as UTF-16; save it as UTF-8');
  mkdirSync(join(place, 'folder'));
  writeFileSync(join(place, 'folder/local_chunks.txt'), utf16);
  expect(() => readList(join(place, 'folder'))).toThrow('is saved as UTF-16; save it as UTF-8');
  writeFileSync(join(place, 'y.yaml'), 'extends: x.yaml\n');
  expect(() => loadScenario(join(place, 'y.yaml'))).toThrow('is saved as UTF-16; save it as UTF-8');
});

it('a named pipe in the place of a scenario or a saved result is refused at once', () => {
  execFileSync('mkfifo', [file]);
  expect(() => loadScenario(file)).toThrow('it is a named pipe, not a regular file');
  expect(() => loadSaved(file)).toThrow('it is a named pipe, not a regular file');
});
