import { describe, expect, it } from 'vitest';
import { escapeMarkdown, markdownCode } from './escape-markdown.ts';

describe('text of a user in Markdown', () => {
  it.each([
    ['<script>alert(1)</script>', '\\<script>alert(1)\\</script>'],
    ['a | b', 'a \\| b'],
    ['`code` and *stars*', '\\`code\\` and \\*stars\\*'],
    ['_so_ and slow_down', '\\_so\\_ and slow_down'],
    ['[x](javascript:y) ![z](w)', '[x\\](javascript:y) ![z\\](w)'],
    ['&lt;b&gt; & c', '\\&lt;b\\&gt; & c'],
    ['a\\b', 'a\\\\b'],
    [
      '# not a head\n- nor a list\n2. nor a number\n    nor code',
      '\\# not a head\n\\- nor a list\n2\\. nor a number\nnor code',
    ],
    ['under\n=====', 'under\n\\====='],
  ])('%j is shown as it was written', (text, escaped) => {
    expect(escapeMarkdown(text)).toBe(escaped);
  });

  it('is left alone where Markdown sees nothing in it', () => {
    const text = 'Does 0.1 < x hold for a-b/1 (≈ 3 %), [1 s, 2 s], 2.5 GiB → 4? #2';
    expect(escapeMarkdown(text)).toBe(text);
  });

  it('is shown as code, whatever is in it', () => {
    expect(markdownCode('a*b')).toBe('`a*b`');
    expect(markdownCode('a`b')).toBe('`` a`b ``');
  });
});
