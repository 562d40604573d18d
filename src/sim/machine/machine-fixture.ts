/** Machines as folders: files of /proc and /sys as Linux writes them. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';

/** Writes the files, by their paths, and returns the root; it is removed when the test is over. */
export function machineOf(files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(tmpdir(), 'machine-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), `${text}\n`);
  }
  return root;
}

/** Eight cores, an ordinary user with two programs, no limits. */
export const ordinary = {
  'sys/devices/system/cpu/online': '0-7',
  'proc/loadavg': '0.52 0.58 0.59 2/800 12345',
  'proc/sys/kernel/threads-max': '192730',
  'proc/sys/kernel/pid_max': '4194304',
  'proc/self/limits': limitsOf('unlimited'),
  'proc/self/uid_map': '         0          0 4294967295',
  'proc/self/status': statusOf(1000, 11),
  'proc/100/status': statusOf(1000, 11),
  'proc/101/status': statusOf(1000, 4),
  'proc/102/status': statusOf(0, 50),
};

export function limitsOf(processes: string): string {
  return [
    'Limit                     Soft Limit           Hard Limit           Units     ',
    'Max cpu time              unlimited            unlimited            seconds   ',
    `Max processes             ${processes.padEnd(21)}${processes.padEnd(21)}processes `,
    'Max open files            1024                 1048576              files     ',
  ].join('\n');
}

export function statusOf(
  user: number,
  threads: number,
  { capabilities = user === 0 ? '000001ffffffffff' : '0000000000000000', cores = '0-7' } = {},
): string {
  return [
    'Name:\tnode',
    'State:\tS (sleeping)',
    `Uid:\t${user}\t${user}\t${user}\t${user}`,
    `Threads:\t${threads}`,
    `CapEff:\t${capabilities}`,
    'Cpus_allowed:\tff',
    `Cpus_allowed_list:\t${cores}`,
  ].join('\n');
}

/** Version 2, in a session of systemd; `mem_limit` and the like are written into the folders that are named. */
export const unified = {
  ...ordinary,
  'proc/self/cgroup': '0::/user.slice/user-1000.slice/session-2.scope',
  'proc/self/mountinfo': [
    '22 29 0:21 / /proc rw,nosuid,nodev,noexec,relatime shared:12 - proc proc rw',
    '29 1 8:2 / / rw,relatime shared:1 - ext4 /dev/sda2 rw',
    '35 24 0:30 / /sys/fs/cgroup rw,nosuid,nodev,noexec,relatime shared:9 - cgroup2 cgroup2 rw,nsdelegate',
  ].join('\n'),
  'sys/fs/cgroup/cgroup.controllers': 'cpuset cpu io memory hugetlb pids rdma misc',
  'sys/fs/cgroup/user.slice/user-1000.slice/session-2.scope/cgroup.type': 'domain',
};

/** Version 1, controllers on hierarchies of their own or two on one, beside an empty version 2 (hybrid). */
export const separate = {
  ...ordinary,
  'proc/self/cgroup': [
    '9:name=systemd:/batch/job-7',
    '8:pids:/batch/job-7',
    '4:memory:/batch/job-7',
    '2:cpu,cpuacct:/batch/job-7',
    '0::/batch/job-7',
  ].join('\n'),
  'proc/self/mountinfo': [
    '31 23 0:28 / /sys/fs/cgroup ro,nosuid - tmpfs tmpfs rw,mode=755',
    '32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw,relatime shared:10 - cgroup cgroup rw,cpu,cpuacct',
    '35 31 0:32 / /sys/fs/cgroup/memory rw,relatime shared:11 - cgroup cgroup rw,memory',
    '39 31 0:36 / /sys/fs/cgroup/pids rw,relatime shared:12 - cgroup cgroup rw,pids',
    '40 31 0:37 / /sys/fs/cgroup/systemd rw,relatime shared:13 - cgroup cgroup rw,name=systemd',
    '41 31 0:38 / /sys/fs/cgroup/unified rw,relatime shared:14 - cgroup2 cgroup2 rw',
  ].join('\n'),
  'sys/fs/cgroup/cpu,cpuacct/batch/job-7/cpu.cfs_quota_us': '-1',
  'sys/fs/cgroup/cpu,cpuacct/batch/job-7/cpu.cfs_period_us': '100000',
  'sys/fs/cgroup/memory/batch/job-7/memory.limit_in_bytes': '9223372036854771712',
  'sys/fs/cgroup/pids/batch/job-7/pids.max': 'max',
  'sys/fs/cgroup/unified/batch/job-7/cgroup.procs': '4711',
};
