import { expect, test } from "bun:test";
import { cpSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { differenceOf, type FileIdentity, fileIdentityOf } from "../../src/host/files/file-identity.ts";

interface Machine {
  readonly id?: string;
  readonly boot?: string;
  /** Of its network adapters. */
  readonly addresses?: readonly string[];
  readonly container?: boolean;
  readonly mounts?: string;
}

/** The files by which a machine is recognised, in a folder of their own. */
function machine({ id, boot = "boot-1", addresses = [], container = false, mounts = "" }: Machine): string {
  const root = mkdtempSync(join(tmpdir(), "agentlink-machine-"));
  const put = (path: string, text: string) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), `${text}\n`);
  };
  if (id !== undefined) put("etc/machine-id", id);
  put("proc/sys/kernel/random/boot_id", boot);
  if (container) put(".dockerenv", "");
  put("proc/self/mountinfo", mounts);
  for (const [index, address] of addresses.entries()) {
    put(`sys/class/net/eth${index}/address`, address);
    put(`sys/class/net/eth${index}/addr_assign_type`, "0");
    put(`sys/class/net/eth${index}/device/vendor`, "0x1af4");
  }
  // New with each container.
  put("sys/class/net/veth0/address", crypto.randomUUID().slice(0, 12));
  put("sys/class/net/veth0/addr_assign_type", "0");
  return root;
}

function database(): string {
  const folder = mkdtempSync(join(tmpdir(), "agentlink-identity-"));
  const path = join(folder, "data/agentlink.db");
  mkdirSync(dirname(path));
  writeFileSync(path, "jobs");
  return path;
}

/** A copy of the data folder beside it. */
function copyOf(path: string): string {
  const to = `${dirname(path)}-copy`;
  cpSync(dirname(path), to, { recursive: true });
  return join(to, "agentlink.db");
}

const HOME: Machine = { id: "a".repeat(32), addresses: ["52:54:00:aa:00:01"] };
const CONTAINER: Machine = { container: true };
const forget = (path: string) => rmSync(dirname(path), { recursive: true });

test("the same file is recognised after a restart, a reboot, a rename and in a container that is created again", () => {
  const path = database();
  for (const kind of [HOME, CONTAINER, {}]) {
    const before = fileIdentityOf(path, machine(kind));
    expect(differenceOf(before, fileIdentityOf(path, machine(kind)))).toBeNull();
    expect(differenceOf(before, fileIdentityOf(path, machine({ ...kind, boot: "boot-2" })))).toBeNull();
    // Disks are renumbered at each boot.
    const numbered: FileIdentity = { ...before, device: "7", host: "other-name" };
    expect(differenceOf(numbered, fileIdentityOf(path, machine({ ...kind, boot: "boot-2" })))).toBeNull();
  }
  const before = fileIdentityOf(path, machine(HOME));
  renameSync(dirname(path), `${dirname(path)}-renamed`);
  expect(differenceOf(before, fileIdentityOf(`${dirname(path)}-renamed/agentlink.db`, machine(HOME)))).toBeNull();
});

test("a copy is distinguished from the original, which stays what it is, as long as that is there", () => {
  const path = database();
  const copy = copyOf(path);
  for (const kind of [HOME, CONTAINER, {}]) {
    const before = fileIdentityOf(path, machine(kind));
    expect(differenceOf(before, fileIdentityOf(copy, machine(kind)))).toBe("original there");
    expect(differenceOf(before, fileIdentityOf(path, machine(kind)))).toBeNull();
  }
});

test("a file system's snapshot has the original's number, and is a copy all the same", () => {
  const path = database();
  const before = fileIdentityOf(path, machine(HOME));
  expect(differenceOf(before, { ...before, path: `${path}-snapshot`, location: "/@snapshot", device: "99" })).toBe(
    "original there",
  );
});

test("what moved to another disk of the machine resumes where its id is known; otherwise it may be a copy", () => {
  const path = database();
  const [home, container] = [fileIdentityOf(path, machine(HOME)), fileIdentityOf(path, machine(CONTAINER))];
  const moved = copyOf(path);
  forget(path);
  expect(differenceOf(home, fileIdentityOf(moved, machine(HOME)))).toBeNull();
  expect(differenceOf(container, fileIdentityOf(moved, machine(CONTAINER)))).toBe("another file");
});

test("a database that replaced the one before resumes", () => {
  const path = database();
  for (const kind of [HOME, CONTAINER]) {
    const before = fileIdentityOf(path, machine(kind));
    const spare = copyOf(path);
    rmSync(path);
    renameSync(spare, path);
    expect(differenceOf(before, fileIdentityOf(path, machine(kind)))).toBeNull();
  }
});

test("another machine is recognised by its id, or by its adapters where a virtual one was cloned with its id", () => {
  const path = database();
  const before = fileIdentityOf(path, machine(HOME));
  const elsewhere = { boot: "boot-2" };
  expect(differenceOf(before, fileIdentityOf(path, machine({ ...HOME, ...elsewhere, id: "b".repeat(32) })))).toBe(
    "another machine",
  );
  const clone = { ...HOME, ...elsewhere, addresses: ["52:54:00:bb:00:02"] };
  expect(differenceOf(before, fileIdentityOf(path, machine(clone)))).toBe("another machine");
  // One adapter more, or none that can be seen, is no other machine.
  const more = { ...HOME, ...elsewhere, addresses: ["52:54:00:cc:00:03", "52:54:00:aa:00:01"] };
  for (const same of [more, { ...HOME, ...elsewhere, addresses: [] }])
    expect(differenceOf(before, fileIdentityOf(path, machine(same)))).toBeNull();
});

test("a copied volume is distinguished from the original though both containers call it by one name", () => {
  const path = database();
  const folder = dirname(path);
  const mounted = (volume: string) =>
    `36 35 98:0 /volumes/${volume} ${folder} rw,noatime master:1 - ext4 /dev/vda1 rw\n25 1 98:0 / / rw - ext4 /dev/vda1 rw`;
  const before = fileIdentityOf(path, machine({ ...CONTAINER, mounts: mounted("one\\040of\\040them") }));
  expect(before.location).toBe("/volumes/one of them/agentlink.db");
  const spare = copyOf(path);
  rmSync(path);
  renameSync(spare, path);
  const again = fileIdentityOf(path, machine({ ...CONTAINER, mounts: mounted("one\\040of\\040them") }));
  expect(differenceOf(before, again)).toBeNull();
  expect(differenceOf(before, fileIdentityOf(path, machine({ ...CONTAINER, mounts: mounted("copy") })))).toBe(
    "another file",
  );
  // On another host nothing else shows it.
  const host = { ...CONTAINER, boot: "boot-2", mounts: mounted("one\\040of\\040them") };
  expect(differenceOf(before, fileIdentityOf(path, machine(host)))).toBe("another file");
});
