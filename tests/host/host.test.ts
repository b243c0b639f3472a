import { expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir, totalmem } from "node:os";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { machine, renderThreads } from "../../src/host/host.ts";

const GB = 1_000_000_000;

test("renders at once are a core each, as far as the memory goes", () => {
  expect(renderThreads({ cores: 2, memoryBytes: 4 * GB })).toBe(2);
  expect(renderThreads({ cores: 8, memoryBytes: 1 * GB })).toBe(3);
  expect(renderThreads({ cores: 8, memoryBytes: 0.3 * GB })).toBe(1);
  expect(renderThreads({ cores: 1, memoryBytes: 64 * GB })).toBe(1);
});

test("renders at once are never none and never more than the cores", () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0.1, max: 256, noNaN: true }),
      fc.double({ min: 0, max: 1e12, noNaN: true }),
      (cores, memoryBytes) => {
        const threads = renderThreads({ cores, memoryBytes });
        return Number.isInteger(threads) && threads >= 1 && threads <= Math.max(1, cores);
      },
    ),
  );
});

function fileSystem(files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(tmpdir(), "agentlink-machine-"));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

test("a control group's limits count where they are less than the machine's", () => {
  const root = fileSystem({
    "proc/self/cgroup": "0::/system.slice/agentlink.service\n",
    "sys/fs/cgroup/system.slice/agentlink.service/memory.max": "max\n",
    "sys/fs/cgroup/system.slice/agentlink.service/cpu.max": "max 100000\n",
    "sys/fs/cgroup/system.slice/memory.max": "700000000\n",
    "sys/fs/cgroup/system.slice/cpu.max": "100000 100000\n",
  });
  expect(machine(root)).toEqual({ cores: 1, memoryBytes: 700_000_000 });
});

test("the older control groups are read, too, and a container's own root where its path is the host's", () => {
  const root = fileSystem({
    "proc/self/cgroup": "5:memory:/docker/0123\n4:cpu,cpuacct:/docker/0123\n",
    "sys/fs/cgroup/memory/memory.limit_in_bytes": "900000000\n",
    "sys/fs/cgroup/cpu/cpu.cfs_quota_us": "150000\n",
    "sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000\n",
  });
  expect(machine(root)).toEqual({ cores: 1, memoryBytes: 900_000_000 });
});

test("without control groups the machine is all there is", () => {
  const all = { cores: availableParallelism(), memoryBytes: totalmem() };
  expect(machine(fileSystem({}))).toEqual(all);
  const unlimited = fileSystem({
    "proc/self/cgroup": "5:memory:/\n4:cpu:/\n0::/\n",
    "sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712\n",
    "sys/fs/cgroup/cpu/cpu.cfs_quota_us": "-1\n",
    "sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000\n",
    "sys/fs/cgroup/memory.max": "max\n",
  });
  expect(machine(unlimited)).toEqual(all);
});
