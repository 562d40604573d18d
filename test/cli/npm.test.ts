/** What becomes of options that the real npm takes for its own. */
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { folderOfTest } from '../support/folder-of-test.ts';
import { npm, repository } from '../support/npm.ts';

/** The program's own words: npm adds some of its own. */
function mistakeOf(program: string, stderr: string): string {
  return stderr.split('\n').find((line) => line.startsWith(`${program}: `)) ?? stderr;
}

describe('an option that npm keeps for itself starts nothing, and is told with the line to type', () => {
  it.each([
    ['sim', ['three-peers', '--plan'], 'npm run sim -- three-peers --plan'],
    ['sim', ['three-peers', '--repeat', '3', '--json'], '--repeat 3 --json'],
    [
      'sim',
      ['three-peers', '--set', 'a=1', '--set', 'b=2'],
      'npm run sim -- three-peers --set a=1 --set b=2',
    ],
    ['sim', ['three-peers', '--quiet'], 'npm run sim -- three-peers --quiet'],
    // npm has settings of its own that begin so.
    ['sim', ['three-peers', '--engine', 'virtual'], 'npm run sim -- three-peers --engine virtual'],
    ['sim', ['three-peers', '--engine=virtual', '--quiet'], 'sim -- three-peers --engine virtual --quiet'],
    ['report', ['a', '--format', 'csv'], 'npm run report -- a --format csv'],
    // What everybody may read has no secret.
    ['sim', ['three-peers', '--cluster', 'nats://token@lab-1'], "--cluster 'nats://…@lab-1'"],
    ['agent', ['--nats=token@lab-1', '--quiet'], "--nats '…@lab-1'"],
    ['sim', ['three-peers', '--repaet', '3', '--tracker-prot=1'], '--tracker-port 1'],
    ['bench', ['--list'], 'npm run bench -- --list'],
    ['bench', ['--smoke', '--out=here'], '--out here'],
    ['compare', ['a', 'b', '--json'], 'npm run compare -- a b --json'],
    ['calibrate', ['--no-kernel'], 'npm run calibrate -- --no-kernel'],
    ['fidelity', ['three-peers', '--repeat', '2'], 'npm run fidelity -- three-peers --repeat 2'],
    ['tracker', ['-port', '5200'], 'npm run tracker -- -port 5200'],
    ['tracker', ['--verbose'], 'npm run tracker -- -verbose'],
    ['client', ['--quiet'], '-quiet'],
    ['split', ['file', '--chunk-size', '4KiB'], 'npm run split -- file --chunk-size 4KiB'],
    ['join', ['folder', 'file', '--force'], 'npm run join -- folder file --force'],
  ])('npm run %s %j', (program, args, line) => {
    const { code, stderr } = npm('npm', ['run', program, ...args]);
    expect(code).toBe(2);
    expect(mistakeOf(program, stderr)).toMatch(
      new RegExp(`^${program}: npm kept -.* for itself, so nothing was started; put -- before the options: `),
    );
    expect(mistakeOf(program, stderr)).toContain(line);
  });

  it('the classic ones of the client, by all their names', () => {
    const { code, stderr } = npm('npm', [
      ...[
        'run',
        'client',
        '-folder',
        'f',
        '-transfer_port',
        '6001',
        '-name',
        'a',
        '-exit_when_complete',
        '3',
      ],
    ]);
    expect(code).toBe(2);
    const mistake = mistakeOf('client', stderr);
    for (const option of ['-folder', '-transfer_port', '-name', '-exit_when_complete']) {
      expect(mistake).toMatch(new RegExp(`kept .*${option}.* for itself.*npm run client -- .*${option} `));
    }
  });

  it('also where npm exec starts the program', () => {
    const { code, stderr } = npm('npm', ['exec', 'swarm-lab', 'sim', 'three-peers', '--plan']);
    expect(code).toBe(2);
    expect(stderr).toContain('npx swarm-lab sim three-peers --plan');
    const expanded = npm('npm', ['exec', 'swarm-lab', 'sim', 'three-peers', '--engine', 'virtual']);
    expect(expanded.stderr).toContain('npx swarm-lab sim three-peers --engine virtual');
  });
});

describe('what is no option of the program raises no alarm', () => {
  const plan = ['run', 'sim', '--', 'three-peers', '--plan'];

  it.each([
    ['--silent before the script', ['run', '--silent', ...plan.slice(1)], {}],
    ['--verbose before the script', ['run', '--verbose', ...plan.slice(1)], {}],
    ['--quiet before run', ['--quiet', ...plan], {}],
    ['a setting of npm that begins like an option', ['--engine-strict', ...plan], {}],
    ['the level of a build machine', plan, { npm_config_loglevel: 'warn' }],
    ['settings of a build machine', plan, { npm_config_json: 'true', NPM_CONFIG_OUT: 'x' }],
    [
      'what a script above was given',
      plan,
      { npm_config_all: 'true', npm_config_seed: '1', npm_config_list: '' },
    ],
  ])('%s', (_, args, env) => {
    const { code, stdout } = npm('npm', args, { env });
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining('three-peers · seed 1') });
  });

  it('the .npmrc of the user', () => {
    const file = join(folderOfTest('npmrc-'), '.npmrc');
    writeFileSync(file, 'loglevel = warn\njson=true\nparseable=true\nlong=true\nall=true\nset=x\n');
    const { code, stdout } = npm('npm', plan, { env: { npm_config_userconfig: file } });
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining('three-peers · seed 1') });
  });

  it('npx, which keeps nothing that stands behind the program', () => {
    const args = ['three-peers', '--plan', '--engine', 'virtual'];
    const { code, stdout } = npm('npx', ['--quiet', 'swarm-lab', 'sim', ...args]);
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining('three-peers · seed 1') });
  });
});

describe('a program that npm starts works where the user is', () => {
  const below = (): string => {
    const place = folderOfTest('npm-place-');
    mkdirSync(join(place, 'mine'));
    return join(place, 'mine');
  };
  const run = (cwd: string, ...args: string[]) =>
    npm('npm', ['--prefix', repository, 'run', '--silent', ...args], { cwd });

  it('split and join read and write there', () => {
    const place = below();
    writeFileSync(join(place, 'file'), 'some content');
    expect(run(place, 'split', '--', 'file', '--out', 'out', '--chunk-size', '5B', '--seeder')).toMatchObject(
      {
        code: 0,
        stderr: '',
      },
    );
    expect(run(place, 'join', '--', 'out/folder1', 'copy')).toMatchObject({ code: 0, stderr: '' });
    expect(readdirSync(place).sort()).toEqual(['copy', 'file', 'out']);
  });

  it('sim finds scenarios and their chunk folders there, and those that come with the laboratory', () => {
    const place = below();
    writeFileSync(join(place, 'file'), 'some content');
    run(place, 'split', '--', 'file', '--out', 'parts', '--chunk-size', '5B', '--peers', '2');
    const scenario = (folders: string) => `# ?\ncontent: { folders: [${folders}] }\n`;
    writeFileSync(join(place, 'own.yaml'), scenario('parts/folder1, parts/folder2'));
    writeFileSync(join(place, 'classic.yaml'), scenario('folders/folder1, folders/folder2, folders/folder3'));
    for (const name of ['own', 'classic.yaml', 'three-peers']) {
      expect(run(place, 'sim', '--', name, '--plan')).toMatchObject({ code: 0, stderr: '' });
    }
    expect(run(place, 'sim', '--', 'own', '--quiet', '--engine', 'virtual').code).toBe(0);
    expect(readdirSync(join(place, 'reports')).sort()).toEqual(['latest', 'own']);
  });
});
