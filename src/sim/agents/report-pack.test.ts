import { deflateSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { packReport, unpackReport } from './report-pack.ts';

const SCRIPT = 'const chart = 1;'.repeat(1000);
const text = (content: string): Uint8Array => Buffer.from(content);

test('files come back byte for byte, and the script of the page does not travel', async () => {
  const files = new Map<string, Uint8Array | string>([
    ['report.html', `<p>é</p><script>${SCRIPT}</script>`],
    ['events.jsonl', text('')],
    ['raw.bin', Uint8Array.from([0, 255, 10])],
  ]);
  const packed = packReport(files, SCRIPT);
  expect(packReport(files, 'x').length).toBeGreaterThan(packed.length);
  const back = await unpackReport(packed, text(SCRIPT));
  expect([...back.keys()]).toEqual([...files.keys()]);
  for (const [name, content] of files)
    expect(Buffer.concat(back.get(name)!).equals(Buffer.from(content))).toBe(true);
});

test.each(['../plan.json', '/etc/passwd', '.cluster.json', 'a/b'])(
  'a file named %s is refused',
  async (name) => {
    const packed = packReport(new Map([[name, text('x')]]), SCRIPT);
    await expect(unpackReport(packed, text(SCRIPT))).rejects.toThrow(/a report came damaged/);
  },
);

test('bytes of something else, or cut off, are refused', async () => {
  await expect(unpackReport(text('nothing'), text(SCRIPT))).rejects.toThrow(/a report came damaged/);
  await expect(unpackReport(deflateSync(Buffer.from([0, 0, 1])), text(SCRIPT))).rejects.toThrow(/damaged/);
  const packed = packReport(new Map([['a.txt', text('abc')]]), SCRIPT);
  await expect(unpackReport(packed.subarray(0, packed.length - 6), text(SCRIPT))).rejects.toThrow(/damaged/);
});
