// Where a file is: enough to recognise later whether it is the same file on the same machine, or a copy of it.
import { existsSync, readdirSync, readFileSync, realpathSync, statSync } from "node:fs";
import { hostname } from "node:os";
import { join, resolve, sep } from "node:path";
import { sha256 } from "../hash.ts";

/** What a file on a machine is recognised by. Null and empty are what the system does not report. */
export interface FileIdentity {
  /** For people. */
  readonly host: string;
  /** As its process names it, absolute. */
  readonly path: string;
  /** A hash of the machine's id (machine-id(5) asks not to expose the id itself). */
  readonly machine: string | null;
  /** Of this run of the kernel: all containers of one machine have the same. */
  readonly bootId: string | null;
  /** Hashes of the addresses that its network adapters were made with: a clone of a virtual machine has others. */
  readonly adapters: readonly string[];
  /** The path on its own file system: which volume it is that a container calls /data. */
  readonly location: string;
  readonly device: string;
  readonly inode: string;
  /** When the file was made, in nanoseconds: a rename does not change it, and no copy has it. */
  readonly createdNs: string;
}

/**
 * How it is known that a file is not the one that was worked on before: its machine is another; the one before is still
 * there, too; or it is another file, and nothing shows whether that one still exists.
 */
export type Difference = "another machine" | "original there" | "another file";

/** What a container's own files state about the machine is its image's. */
const CONTAINER_MARKS = [".dockerenv", "run/.containerenv"];
/** NET_ADDR_PERM of linux/netdevice.h: neither random nor set by an administrator. */
const PERMANENT = "0";
const NO_ADDRESS = /^[0:]*$/;

/** The location of an existing file. `root` is where the file system begins. @throws Where it cannot be examined. */
export function fileIdentityOf(file: string, root = "/"): FileIdentity {
  const path = resolve(file);
  const { dev, ino, birthtimeNs } = statSync(path, { bigint: true });
  return {
    host: hostname(),
    path,
    machine: isContained(root) ? null : hashed(read(join(root, "etc/machine-id"))),
    bootId: read(join(root, "proc/sys/kernel/random/boot_id")),
    adapters: adapters(root),
    location: locationOf(realpathSync(path), read(join(root, "proc/self/mountinfo")) ?? ""),
    device: String(dev),
    inode: String(ino),
    createdNs: String(birthtimeNs),
  };
}

/**
 * What distinguishes a file from the one before; null if it is the same file, wherever it was moved to, or the only one
 * there is. A new name of the host, of the folder or of a container is no evidence, and neither is a reboot.
 */
export function differenceOf(before: FileIdentity, now: FileIdentity): Difference | null {
  const same = isSameMachine(before, now);
  if (same === false) return "another machine";
  if (same === true && isThere(before, now)) return "original there";
  if (isSameFile(before, now)) return null;
  // Put in place of the one before, or moved from another disk. What a container does not see may be there all the same.
  const replaced = before.location === now.location;
  return same === true && (replaced || now.machine !== null) ? null : "another file";
}

/** Null if nothing shows it. */
function isSameMachine(before: FileIdentity, now: FileIdentity): boolean | null {
  if (before.bootId !== null && before.bootId === now.bootId) return true;
  const known = before.adapters.length > 0 && now.adapters.length > 0;
  if (known && !before.adapters.some((each) => now.adapters.includes(each))) return false;
  return before.machine === null || now.machine === null ? null : before.machine === now.machine;
}

function isSameFile(a: FileIdentity, b: Pick<FileIdentity, "device" | "inode" | "createdNs">): boolean {
  return a.inode === b.inode && (a.device === b.device || a.createdNs === b.createdNs);
}

/** Whether the file of before is where it was, and is not this one: a snapshot has its number, but another device. */
function isThere(before: FileIdentity, now: FileIdentity): boolean {
  const found = statSync(before.path, { bigint: true, throwIfNoEntry: false });
  if (found === undefined) return false;
  const there = { device: String(found.dev), inode: String(found.ino), createdNs: String(found.birthtimeNs) };
  return isSameFile(before, there) && !(there.device === now.device && there.inode === now.inode);
}

function isContained(root: string): boolean {
  return CONTAINER_MARKS.some((mark) => existsSync(join(root, mark)));
}

function adapters(root: string): readonly string[] {
  const folder = join(root, "sys/class/net");
  try {
    return readdirSync(folder).flatMap((name) => {
      const address = read(join(folder, name, "address")) ?? "";
      // A virtual one is made again with each container.
      const isDevice = existsSync(join(folder, name, "device"));
      const isOwn = read(join(folder, name, "addr_assign_type")) === PERMANENT && !NO_ADDRESS.test(address);
      return isDevice && isOwn ? (hashed(address) ?? []) : [];
    });
  } catch {
    // Another system, or one that reveals nothing.
    return [];
  }
}

/** See proc_pid_mountinfo(5): the fourth field is what of the file system is mounted, the fifth where. */
function locationOf(path: string, mounts: string): string {
  let found = { root: "/", point: "/" };
  for (const line of mounts.split("\n")) {
    const [root = "", point = ""] = line.split(" ").slice(3, 5).map(unescaped);
    const contains = point === "/" || path === point || path.startsWith(point + sep);
    // Of two at one point the later one is seen.
    if (point !== "" && contains && point.length >= found.point.length) found = { root, point };
  }
  return join(found.root, path.slice(found.point === "/" ? 0 : found.point.length));
}

function unescaped(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 8)));
}

function hashed(text: string | null): string | null {
  return text === null || text === "" || text === "uninitialized" ? null : sha256(`agentlink ${text}`).slice(0, 16);
}

function read(path: string): string | null {
  try {
    return readFileSync(path, "utf8").trim();
  } catch {
    return null;
  }
}
