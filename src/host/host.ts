/*
 * The machine: cores and memory, hashes, open files, time zones; files/, sockets/ and scheduling/ have the rest of it.
 * It reads what the kernel reports, and has no state of the service.
 * Not here: any other room.
 */

import { readFileSync } from "node:fs";
import { availableParallelism, networkInterfaces, totalmem } from "node:os";
import { dirname, join } from "node:path";

const MB = 1_000_000;
/** What the service needs beside its renders: the API, the database's cache, the code. */
const SERVICE_BYTES = 400 * MB;
/** What a render thread takes at most with a report of usual size. */
const THREAD_BYTES = 200 * MB;

export interface Machine {
  readonly cores: number;
  readonly memoryBytes: number;
}

/** How many reports are rendered at once: a core each, as far as the memory goes, and at least one. */
export function renderThreads({ cores, memoryBytes }: Machine): number {
  const fitting = Math.floor((memoryBytes - SERVICE_BYTES) / THREAD_BYTES);
  return Math.max(1, Math.min(Math.floor(cores), fitting));
}

/**
 * What this process may really use: the machine's cores and memory, or less where a control group (a container, a
 * systemd unit) allows less. `root` is where the file system begins.
 */
export function machine(root = "/"): Machine {
  const groups = controlGroups(root);
  const cores = Math.min(availableParallelism(), ...groups.map(({ cores }) => cores));
  return {
    cores: Math.max(1, Math.floor(cores)),
    memoryBytes: Math.min(totalmem(), ...groups.map(({ memoryBytes }) => memoryBytes)),
  };
}

/** The group of this process and those above it, each with its own limits: the least counts. */
function controlGroups(root: string): readonly Machine[] {
  const lines = read(join(root, "proc/self/cgroup"))?.split("\n") ?? [];
  return lines.flatMap((line) => {
    const [, controllers = "", path = "/"] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
    if (controllers === "")
      return line === "" ? [] : folders(path).map((folder) => limitsV2(join(root, "sys/fs/cgroup", folder)));
    return controllers
      .split(",")
      .flatMap((controller) =>
        folders(path).map((folder) => limitsV1(join(root, "sys/fs/cgroup", controller, folder))),
      );
  });
}

/** A container sees its own group as the root, whatever path the host knows it by: so the root is always checked. */
function folders(path: string): readonly string[] {
  const found = [path];
  for (let folder = path; folder !== dirname(folder); ) {
    folder = dirname(folder);
    found.push(folder);
  }
  return found;
}

function limitsV2(folder: string): Machine {
  const [quota, period] = read(join(folder, "cpu.max"))?.split(" ").map(Number) ?? [];
  return { cores: share(quota, period), memoryBytes: limit(read(join(folder, "memory.max"))) };
}

function limitsV1(folder: string): Machine {
  const quota = read(join(folder, "cpu.cfs_quota_us"));
  const period = read(join(folder, "cpu.cfs_period_us"));
  return {
    cores: share(Number(quota ?? Number.NaN), Number(period ?? Number.NaN)),
    memoryBytes: limit(read(join(folder, "memory.limit_in_bytes"))),
  };
}

/** "max" and v1's −1 mean no limit. */
function share(quota: number | undefined, period: number | undefined): number {
  const cores = (quota ?? Number.NaN) / (period ?? Number.NaN);
  return cores > 0 ? cores : Number.POSITIVE_INFINITY;
}

function limit(text: string | null): number {
  const bytes = Number(text ?? Number.NaN);
  return bytes > 0 ? bytes : Number.POSITIVE_INFINITY;
}

function read(path: string): string | null {
  try {
    return readFileSync(path, "utf8").trim();
  } catch {
    // Not Linux, or a controller that is not there: nothing is limited by it.
    return null;
  }
}

/** The addresses of all interfaces of this machine as they are now, without the zone of a link-local one. */
export function interfaceAddresses(): readonly string[] {
  return Object.values(networkInterfaces()).flatMap((each) =>
    (each ?? []).map(({ address }) => address.replace(/%.*$/, "")),
  );
}
