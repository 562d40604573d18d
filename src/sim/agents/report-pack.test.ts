import { expect, test } from 'vitest';
import { packedNow } from './packed.ts';
import { packReport, resultIn, SCRIPT_MARK, unpackReport } from './report-pack.ts';

const SCRIPT = 'const chart = 1;'.repeat(1000);
const withScript = (content: Uint8Array | string): Uint8Array | string =>
  typeof content === 'string' ? content.replace(SCRIPT_MARK, SCRIPT) : content;
const text = (content: string): Uint8Array => Buffer.from(content);

test('files come back byte for byte, with the script of the page where its mark was', async () => {
  const files = new Map<string, Uint8Array | string>([
    ['report.html', `<p>é</p><script>${SCRIPT_MARK}</script>`],
    ['events.jsonl', text('')],
    ['raw.bin', Uint8Array.from([0, 255, 10])],
  ]);
  const packed = packReport(files);
  const back = await unpackReport(packed, text(SCRIPT));
  expect([...back.keys()]).toEqual([...files.keys()]);
  for (const [name, content] of files)
    expect(Buffer.concat(back.get(name)!).equals(Buffer.from(withScript(content)))).toBe(true);
});

test.each(['../plan.json', '/etc/passwd', '.cluster.json', 'a/b'])(
  'a file named %s is refused',
  async (name) => {
    const packed = packReport(new Map([[name, text('x')]]));
    await expect(unpackReport(packed, text(SCRIPT))).rejects.toThrow(/a report came damaged/);
  },
);

test('bytes of something else, or cut off, are refused', async () => {
  await expect(unpackReport(text('nothing'), text(SCRIPT))).rejects.toThrow(/a report came damaged/);
  await expect(unpackReport(packedNow([Buffer.from([0, 0, 1])]), text(SCRIPT))).rejects.toThrow(/damaged/);
  const packed = packReport(new Map([['a.txt', text('abc')]]));
  await expect(unpackReport(packed.subarray(0, packed.length - 6), text(SCRIPT))).rejects.toThrow(/damaged/);
});

test.each(['{', '{}', 'null', '{ "startedAt": "now", "seed": "1", "scenario": {} }', undefined])(
  'a result.json of %s is refused',
  (content) => {
    const files = new Map(content === undefined ? [] : [['result.json', [text(content)]]]);
    expect(() => resultIn(files)).toThrow(/a report came damaged: its result\.json is none/);
  },
);
