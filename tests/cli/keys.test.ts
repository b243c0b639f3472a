import { Database } from "bun:sqlite";
import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openKeys } from "../../src/access/keys/keys.ts";
import { parseRate } from "../../src/access/rate.ts";
import { createKey, listKeys, revokeKey } from "../../src/cli/keys.ts";

let dataDir: string;
let out: string[];
let err: string[];
const io = () => ({
  dataDir,
  out: (line: string) => void out.push(line),
  err: (line: string) => void err.push(line),
});
beforeEach(() => {
  dataDir = join(mkdtempSync(join(tmpdir(), "agentlink-keys-")), "data");
  [out, err] = [[], []];
});
afterEach(() => rmSync(join(dataDir, ".."), { recursive: true }));

function ring<T>(look: (keys: ReturnType<typeof openKeys>) => T): T {
  const keys = openKeys({ path: join(dataDir, "keys.db") });
  try {
    return look(keys);
  } finally {
    keys.close();
  }
}

test("keys create prints only the key, which is then accepted with its name and scope", async () => {
  await createKey({ name: "make", scope: "submit", rate: parseRate("60/min") }, io());
  expect(out).toHaveLength(1);
  expect(out[0]).toMatch(/^al_[\w-]{43}$/);
  expect(err.join()).not.toContain(out[0] ?? "");
  expect(ring((keys) => keys.find(out[0] ?? ""))).toMatchObject({
    name: "make",
    scope: "submit",
    rate: { requests: 60, windowS: 60 },
  });
});

test("keys list shows what each is, and no secret", async () => {
  await listKeys(io());
  expect(err[0]).toContain("no keys");
  await createKey({ name: "make", scope: "submit", rate: parseRate("5/s") }, io());
  await createKey({ name: "boss", scope: "admin", rate: null }, io());
  const secrets = out.splice(0);
  await listKeys(io());
  const made = (out[1] ?? "").slice((out[0] ?? "").indexOf("CREATED"));
  expect(made).toMatch(/^\d{4}-\d\d-\d\d \S+ \S+ +- +-$/);
  expect(out[1]).toMatch(/^[0-9a-f]{8} {2}make {2}submit {2}5\/s .* -$/);
  expect(out[2]).toMatch(/^[0-9a-f]{8} {2}boss {2}admin {3}- /);
  for (const secret of secrets) expect(out.join("\n")).not.toContain(secret.slice(3));
});

test("keys revoke ends one key by its id, or all of a name, and says when there is none", async () => {
  for (const name of ["make", "make", "make", "boss"]) await createKey({ name, scope: "read", rate: null }, io());
  const first = ring((keys) => keys.list()[0]?.id ?? "");
  await revokeKey(first, io());
  const opens = () => ring((keys) => out.map((secret) => keys.find(secret) !== null));
  expect(opens()).toEqual([false, true, true, true]);
  await revokeKey("make", io());
  expect(opens()).toEqual([false, false, false, true]);
  await expect(revokeKey("make", io())).rejects.toMatchObject({ code: "no_such_key" });
  await expect(revokeKey(first, io())).rejects.toMatchObject({ code: "no_such_key" });
});

test("a name or scope that cannot be used makes no key", async () => {
  const good = { name: "make", scope: "read", rate: null };
  const wrong = [
    { ...good, name: "" },
    { ...good, name: "a\nb" },
    { ...good, name: "x".repeat(65) },
    { ...good, scope: "root" },
  ];
  for (const wish of wrong) await expect(createKey(wish, io())).rejects.toMatchObject({ code: "usage" });
  expect(out).toEqual([]);
});

test.each(["0/min", "1/day", "-1/s", "many", ""])("%p is no rate, and the message says what one is", (text) => {
  expect(() => parseRate(text)).toThrow("must be a rate such as 60/min, 5/s or 1000/h");
});

test("keys of an older agentlink still work, and may have the highest priority", async () => {
  await createKey({ name: "make", scope: "submit", rate: null, maxPriority: 3 }, io());
  expect(ring((keys) => keys.list()[0]?.maxPriority)).toBe(3);
  const older = new Database(join(dataDir, "keys.db"));
  older.run("ALTER TABLE keys DROP COLUMN max_priority");
  older.run("PRAGMA user_version = 2");
  older.close();
  expect(ring((keys) => keys.list()[0])).toMatchObject({ name: "make", maxPriority: 9 });
  expect(ring((keys) => keys.clients())).toBe(1);
});

test("a file that is not ours, or of a newer agentlink, is refused and left as it is", async () => {
  await createKey({ name: "make", scope: "read", rate: null }, io());
  const newer = new Database(join(dataDir, "keys.db"));
  newer.run("PRAGMA user_version = 99");
  newer.close();
  await expect(listKeys(io())).rejects.toMatchObject({
    code: "keys_database",
    message: expect.stringContaining("newer"),
  });
  rmSync(dataDir, { recursive: true });
  await Bun.write(join(dataDir, "keys.db"), "these are not keys, but the keeper's diary of a long year at sea");
  await expect(listKeys(io())).rejects.toMatchObject({ code: "keys_database" });
  expect(await Bun.file(join(dataDir, "keys.db")).text()).toStartWith("these are not keys");
});
