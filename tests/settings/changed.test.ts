import { expect, test } from "bun:test";
import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pino from "pino";
import { checkBackup } from "../../src/cli/doctor/backup.ts";
import { asEnvironment, describeConfig, readConfig } from "../../src/settings/settings.ts";
import { openLocalAudit } from "../../src/storage/audit/local.ts";
import { noteSettings } from "../../src/storage/audit/settings.ts";

const log = pino({ level: "silent" });

test("a start with other settings is in the audit list, with what they were, and secrets without theirs", async () => {
  const folder = await mkdtemp(join(tmpdir(), "agentlink-settings-"));
  const audit = openLocalAudit({ path: join(folder, "office.db") });
  const start = async (environment: Readonly<Record<string, string>>) => {
    const all = { AGENTLINK_DATA_DIR: folder, ...environment };
    await noteSettings(readConfig(all, {}), describeConfig(all, {}), { audit, log });
    const filter = { actor: null, actions: [], since: null, until: null, limit: 50, cursor: null };
    return (await audit.page(filter)).entries;
  };
  expect(await start({})).toEqual([]);
  expect(await start({})).toEqual([]);
  const secret = "hunter2hunter2";
  const [first] = await start({ AGENTLINK_PORT: "9000", AGENTLINK_S3_SECRET_ACCESS_KEY: secret });
  expect(first).toMatchObject({
    action: "changeSettings",
    subject: "AGENTLINK_PORT, AGENTLINK_S3_SECRET_ACCESS_KEY",
    detail: "AGENTLINK_PORT: 8080 → 9000; AGENTLINK_S3_SECRET_ACCESS_KEY: set",
  });
  const [other, ...before] = await start({ AGENTLINK_PORT: "9000", AGENTLINK_S3_SECRET_ACCESS_KEY: "another" });
  expect(other?.detail).toBe("AGENTLINK_S3_SECRET_ACCESS_KEY: another one");
  expect(before).toHaveLength(1);
  const stored = join(folder, "settings.last");
  expect(await readFile(stored, "utf8")).not.toContain(secret);
  expect((await stat(stored)).mode & 0o077).toBe(0);
  audit.close();
  await rm(folder, { recursive: true });
});

test("a process that is started with the settings of this one has its flags as variables", () => {
  const environment = { PATH: "/bin", AGENTLINK_PORT: "1", AGENTLINK_S3_SECRET_ACCESS_KEY_FILE: "/run/key" };
  const child = asEnvironment(environment, { port: "9000", s3SecretAccessKey: "s" });
  expect(child).toEqual({ PATH: "/bin", AGENTLINK_PORT: "9000", AGENTLINK_S3_SECRET_ACCESS_KEY: "s" });
  expect(readConfig(child, {})).toMatchObject({ port: 9_000, s3SecretAccessKey: "s" });
});

test("a password that was pasted into an address is never shown", () => {
  const shown = JSON.stringify(describeConfig({ AGENTLINK_PUBLIC_URL: "https://ann:hunter2@example.com" }, {}));
  expect(shown).not.toContain("hunter2");
});

test("no backup, or an old one, is worth a warning where there is something to lose", () => {
  const now = new Date("2026-11-26T08:00:00Z");
  const at = (days: number) => new Date(now.getTime() - days * 86_400_000).toISOString();
  const state = (last: number | null, oldest: number | null) =>
    checkBackup(last === null ? null : { at: at(last), to: "/backup/x" }, oldest === null ? null : at(oldest), now);
  expect(state(null, null).state).toBe("ok");
  expect(state(null, 0.5).state).toBe("ok");
  expect(state(null, 2)).toMatchObject({ state: "warn", found: "no backup on record" });
  expect(state(6.9, 30)).toMatchObject({ state: "ok", found: expect.stringContaining("6 days ago") });
  expect(state(7.1, 30)).toMatchObject({ state: "warn", found: expect.stringContaining("/backup/x") });
});
