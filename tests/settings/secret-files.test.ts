import { expect, test } from "bun:test";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describeConfig, readConfig } from "../../src/settings/settings.ts";

function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), "agentlink-secrets-"));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text, { mode: 0o400 });
  return folder;
}

test("a secret is read from the file its _FILE variable names, without the line's end", () => {
  const folder = folderWith({ token: "refresh me\n", windows: "secret\r\n" });
  const environment = {
    AGENTLINK_DROPBOX_REFRESH_TOKEN_FILE: join(folder, "token"),
    AGENTLINK_DROPBOX_APP_SECRET_FILE: join(folder, "windows"),
  };
  expect(readConfig(environment, {})).toMatchObject({ dropboxRefreshToken: "refresh me", dropboxAppSecret: "secret" });
});

test("systemd's credentials are found by the variable's name in lower case; what is set wins over them", () => {
  const folder = folderWith({ agentlink_s3_secret_access_key: "from systemd\n", another: "x" });
  const environment = { CREDENTIALS_DIRECTORY: folder };
  expect(readConfig(environment, {}).s3SecretAccessKey).toBe("from systemd");
  expect(readConfig({ ...environment, AGENTLINK_S3_SECRET_ACCESS_KEY: "set" }, {}).s3SecretAccessKey).toBe("set");
  expect(readConfig(environment, { s3SecretAccessKey: "flag" }).s3SecretAccessKey).toBe("flag");
});

test("a credential that is no secret is refused by name, with the list of secrets: it would be missing elsewhere", () => {
  const wrong = { CREDENTIALS_DIRECTORY: folderWith({ agentlink_s3_access_key_id: "x", agentlink_key: "ignored" }) };
  expect(() => readConfig(wrong, {})).toThrow(
    /^s3_access_key_id is not a secret of agentlink: .*callback_secret, .*, s3_secret_access_key/,
  );
  expect(() => readConfig({ CREDENTIALS_DIRECTORY: "/nowhere/at/all" }, {})).not.toThrow();
});

test("a file that cannot be read, a secret given twice and a _FILE of what is no secret are refused by name", () => {
  const missing = { AGENTLINK_S3_SECRET_ACCESS_KEY_FILE: "/nowhere/at/all" };
  expect(() => readConfig(missing, {})).toThrow(
    /S3_SECRET_ACCESS_KEY_FILE=\/nowhere\/at\/all cannot be read: .*ENOENT/,
  );
  const folder = folderWith({ token: "a secret" });
  const twice = {
    AGENTLINK_DROPBOX_REFRESH_TOKEN: "b secret",
    AGENTLINK_DROPBOX_REFRESH_TOKEN_FILE: join(folder, "token"),
  };
  expect(() => readConfig(twice, {})).toThrow(/are both set/);
  expect(() => readConfig({ AGENTLINK_PORT_FILE: "/x" }, {})).toThrow(/AGENTLINK_PORT_FILE is not a setting/);
});

test("agentlink config says that it comes from a file, and shows nothing of it", () => {
  const folder = folderWith({ token: "refresh me" });
  const described = describeConfig({ AGENTLINK_DROPBOX_REFRESH_TOKEN_FILE: join(folder, "token") }, {});
  expect(described).toContainEqual(
    expect.objectContaining({ variable: "AGENTLINK_DROPBOX_REFRESH_TOKEN", value: "********", from: "file" }),
  );
});
