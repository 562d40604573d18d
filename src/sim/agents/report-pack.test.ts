import { deflateSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { packReport, unpackReport } from './report-pack.ts';

const SCRIPT = 'const chart = 1;'.repeat(1000);
const text = (content: string): Uint8Array => Buffer.from(content);

test('files come back byte for byte, and the script of the page does not travel', async () => {
  const files = new Map([
    ['report.html', text(`<p>é</p><script>${SCRIPT}</script>`)],
    ['events.jsonl', text('')],
    ['raw.bin', Uint8Array.from([0, 255, 10])],
  ]);
  const packed = await packReport(files, SCRIPT);
  expect(Buffer.from(await packReport(files, 'x')).length).toBeGreaterThan(packed.length);
  const back = await unpackReport(packed, SCRIPT);
  expect([...back.keys()]).toEqual([...files.keys()]);
  for (const [name, bytes] of files) expect(Buffer.from(back.get(name)!).equals(bytes)).toBe(true);
});

test.each(['../plan.json', '/etc/passwd', '.cluster.json', 'a/b'])(
  'a file named %s is refused',
  async (name) => {
    const packed = await packReport(new Map([[name, text('x')]]), SCRIPT);
    await expect(unpackReport(packed, SCRIPT)).rejects.toThrow(/a report came damaged/);
  },
);

test('bytes of something else, or cut off, are refused', async () => {
  await expect(unpackReport(text('nothing'), SCRIPT)).rejects.toThrow(/a report came damaged/);
  await expect(unpackReport(deflateSync(Buffer.from([0, 0, 1])), SCRIPT)).rejects.toThrow(/damaged/);
  const packed = await packReport(new Map([['a.txt', text('abc')]]), SCRIPT);
  await expect(unpackReport(packed.subarray(0, packed.length - 6), SCRIPT)).rejects.toThrow(/damaged/);
});
