import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { measuredSmallSwarm } from './fixture.ts';
import * as machine from '../machine/machine-changes.ts';
import * as leaks from './trust/leaks.ts';
import * as trust from './trust/trust.ts';

const documentation = await readFile(new URL('../../../docs/metrics.md', import.meta.url), 'utf8');
const { result } = measuredSmallSwarm();

function section(title: string): string {
  const start = documentation.indexOf(`## ${title}`);
  const end = documentation.indexOf('\n## ', start);
  const text = start === -1 ? '' : documentation.slice(start, end === -1 ? undefined : end);
  return text.replaceAll(/ +/g, ' ');
}

describe('docs/metrics.md', () => {
  it.each([
    [
      'The run',
      ['seed', 'engine', 'environment', 'startedAt', 'setupMs', 'elapsedMs', 'ending', 'abortedBy', 'plan'],
    ],
    ['The swarm', Object.keys(result.swarm)],
    ['Distance from theory', Object.keys(result.swarm.bound)],
    ['Tracker', ['requestsPerSec', 'bytesPerSec', 'requestsPerPeer']],
    ['Over time', Object.keys(result.samples[0]!)],
    ['Expectations', ['text', 'metric', 'unit', 'measured', 'outcome', 'note']],
    ['Verdict', Object.keys(result.verdict).filter((key) => key !== 'outcome')],
    ['Who sent how much to whom', ['flows']],
    ['What was injected', ['injected', 'hit']],
  ])('explains every figure of “%s”', (title, names) => {
    const undocumented = names.filter((name) => !section(title).includes(`\`${name}\``));
    expect(undocumented).toEqual([]);
  });

  it('explains every figure of a peer', () => {
    const plain = ['name', 'group', 'protocol'];
    const names = Object.keys(result.peers[0]!).filter((name) => !plain.includes(name));
    expect(names.filter((name) => !section('Peers').includes(`\`${name}\``))).toEqual([]);
  });

  it('gives the thresholds that are in force', () => {
    const text = section('Trust');
    const percent = (share: number) => `${Number((share * 100).toFixed(3))} %`;
    expect(text).toContain(`| ${percent(trust.CPU_SHARE_MAX)} |`);
    expect(text).toContain(`| ${trust.LOAD_BEFORE_MAX} |`);
    expect(text).toContain(`| ${trust.LOOP_DELAY_P99_MS_MAX} ms |`);
    expect(text).toContain(
      `| ${percent(trust.PAUSE_SHARE_MAX)} of the makespan, at least ${trust.PAUSE_MS_MIN} ms |`,
    );
    expect(text).toContain(`| ${trust.SHAPER_LATE_MEAN_MS_MAX} ms |`);
    expect(text).toContain(`${percent(trust.UNTRUSTED_DROPPED_SAMPLES_SHARE_MIN)} of the samples`);
    const [others, stolen] = [machine.OTHERS_CPU_SHARE_MAX, machine.STOLEN_CPU_SHARE_MAX];
    expect(text).toMatch(new RegExp(`othersCpuShare\`.*\\| ${percent(others)} \\|`));
    expect(text).toMatch(new RegExp(`stolenCpuShare\`.*\\| ${percent(stolen)} \\|`));
    expect(text).toMatch(
      new RegExp(`droppedSamplesShare\`.*\\| ${percent(trust.DROPPED_SAMPLES_SHARE_MAX)} \\|`),
    );
    expect(text).toMatch(new RegExp(`clockJumpMs\`.*\\| ${machine.CLOCK_JUMP_MS_MAX} ms and 0.1 %`));
    expect(text).toContain(`| ${percent(1 + leaks.BOUND_SLACK_SHARE)} |`);
    expect(text).toContain(`| ${percent(1 + leaks.LEAK_SHARE_MAX)} |`);
  });
});
