import { describe, expect, it } from 'vitest';
import {
  measuredSmallSwarm,
  planOf,
  plannedPeer,
  recordOf,
  testEnvironment,
  measure,
} from '../measure/fixture.ts';
import { figures } from './figures.ts';
import { renderMarkdown } from './markdown.ts';

describe('report.md', () => {
  const { plan, record, result } = measuredSmallSwarm();
  const text = renderMarkdown(result);

  it('explains every key figure in one line', () => {
    for (const { label, meaning } of Object.values(figures)) {
      expect(text).toMatch(new RegExp(`^\\| ${label} \\| [^|]+ \\| ${meaning.slice(0, 20)}`, 'm'));
    }
  });

  it('says which draws were limited and who would come too late', () => {
    const notices = ['g: 3 of 40 latencies were limited to 60 s', 'fault x would begin late'];
    const noted = renderMarkdown(measure({ ...plan, notices }, record, testEnvironment));
    expect(noted).toContain(`Notes of the plan:\n\n- ${notices.join('\n- ')}\n`);
    expect(text).not.toContain('Notes of the plan');
  });

  it('shows the swarm over time', () => {
    const start = text.indexOf('## Over time');
    expect(text.slice(start, text.indexOf('## Groups'))).toMatchInlineSnapshot(`
      "## Over time

      Useful bytes of all peers:

      \`\`\`text
      7.81 KiB │                                                 ▁▁▂▂▃▃▄▄▅▅▆▆▇▇█
               │                                            ▂▄▆█████████████████
               │                                        ▂▄▆█████████████████████
               │                                    ▂▄▆█████████████████████████
               │                                ▂▄▆█████████████████████████████
               │                        ▁▂▃▄▅▆▇█████████████████████████████████
               │                ▁▂▃▄▅▆▇█████████████████████████████████████████
               │▁▁▁▂▂▃▃▄▄▅▅▆▆▇▇█████████████████████████████████████████████████
             0 └────────────────────────────────────────────────────────────────
                0                                                            4 s
      \`\`\`

      Useful bytes per second, relative to the best moment:

      \`\`\`text
      best │                                ████████████████
           │                                ████████████████
           │                                ████████████████
           │                                ████████████████
           │                ████████████████████████████████
           │                ████████████████████████████████
           │████████████████████████████████████████████████████████████████
           │████████████████████████████████████████████████████████████████
         0 └────────────────────────────────────────────────────────────────
            0                                                            4 s
      \`\`\`

      Peers that must complete and have:

      \`\`\`text
      3 peers │                                                               █
              │                                                               █
              │                                               ▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂█
              │                                               █████████████████
              │                                               █████████████████
              │▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅█████████████████
              │████████████████████████████████████████████████████████████████
              │████████████████████████████████████████████████████████████████
            0 └────────────────────────────────────────────────────────────────
               0                                                            4 s
      \`\`\`

      "
    `);
  });

  it('has its sections in order, and the seed and machine that made it', () => {
    expect(text.match(/^#+ .*$/gm)).toEqual([
      '# fixture: pass',
      '## Figures',
      '## Over time',
      '## Groups',
      '## Peers',
      '## Who sent how much to whom',
      '## What was injected and what it hit',
      '## How it was run',
      '## Files',
    ]);
    expect(text).toContain('| seed | seed-1 |');
    expect(text).toContain('Test CPU, 2 cores, 8 GiB memory');
  });

  it('survives names that Markdown would read as table cells', () => {
    const odd = planOf([plannedPeer('a|b')]);
    expect(renderMarkdown(measure(odd, recordOf([], []), testEnvironment))).toContain('| a\\|b |');
  });

  it('shows what users wrote as text, never as markup', () => {
    const name = 'a<b>`|';
    const scenario = { name: '*x*', description: 'Is <script>alert(1)</script> shown?' };
    const odd = renderMarkdown(
      measure(planOf([plannedPeer(name)], { scenario }), recordOf([], []), testEnvironment),
    );
    expect(odd).toContain('# \\*x\\*: ');
    expect(odd).toContain('Is \\<script>alert(1)\\</script> shown?');
    expect(odd).toContain('| a\\<b>\\`\\| |');
    expect(odd.replaceAll(/\\[<`*|]/g, '')).not.toMatch(/<script|\*x|a<b/);
  });

  it('says what is missing when nothing was measured', () => {
    const empty = renderMarkdown(measure(planOf([]), recordOf([], [], { elapsedMs: 0 }), testEnvironment));
    expect(empty).toContain('**INCONCLUSIVE**');
    expect(empty).toContain('| makespan | – |');
  });
});
