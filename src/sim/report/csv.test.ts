import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { measuredSmallSwarm } from '../measure/fixture.ts';
import { renderTableCsv, toCsv } from './csv.ts';
import { peersTable, timelineTable } from './tables.ts';

/** A reader by RFC 4180, for the test only. */
function readCsv(text: string): string[][] {
  const rows: string[][] = [[]];
  const field = /("(?:[^"]|"")*"|[^,\n]*)(,|\n)/gy;
  for (const [, raw = '', end] of text.matchAll(field)) {
    rows.at(-1)!.push(raw.startsWith('"') ? raw.slice(1, -1).replaceAll('""', '"') : raw);
    if (end === '\n') rows.push([]);
  }
  return rows.slice(0, -1);
}

describe('CSV', () => {
  it('quotes commas, quotes, line ends and outer blanks, and leaves missing data empty', () => {
    expect(toCsv(['a', 'b'], [['x,y', null]])).toBe('a,b\n"x,y",\n');
    expect(toCsv(['a'], [['say "hi"'], ['two\nlines'], [' x'], [1.5], [true]])).toBe(
      'a\n"say ""hi"""\n"two\nlines"\n" x"\n1.5\ntrue\n',
    );
  });

  it('is read back as it was written, whatever the text', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.string(), { minLength: 2, maxLength: 2 }), { minLength: 1 }),
        (rows) => {
          expect(readCsv(toCsv(['h', 'i'], rows))).toEqual([['h', 'i'], ...rows]);
        },
      ),
    );
  });

  it('has one line a peer and one line a sample', () => {
    const { result } = measuredSmallSwarm();
    const [header, ...peers] = readCsv(renderTableCsv(peersTable(result)));
    expect(peers.map((cells) => cells[header!.indexOf('name')])).toEqual([
      'seeder',
      'leecher/1',
      'leecher/2',
    ]);
    expect(peers.map((cells) => cells[header!.indexOf('shareRatio')])).toEqual([
      '',
      '0.75',
      String(1000 / 4500),
    ]);
    expect(renderTableCsv(timelineTable(result))).toMatchInlineSnapshot(`
      "atMs,usefulBytes,payloadSentBytes,controlSentBytes,peersAlive,peersCompleted,progress,trackerReceived
      0,0,0,50,3,1,0,1
      1000,1000,1000,150,3,1,0.125,4
      2000,3000,3500,250,3,1,0.375,8
      3000,7000,7500,350,3,2,0.875,10
      4000,8000,8500,450,3,3,1,12
      "
    `);
  });
});
