import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { stepsAsJson } from "../../src/cli/commands/access.ts";
import { dropboxCheck, dropboxLogin } from "../../src/cli/dropbox.ts";
import { readConfig } from "../../src/settings/settings.ts";
import { APP, FakeDropbox } from "../fakes/dropbox.ts";

let fake: FakeDropbox;
let printed: string[];
const print = (line: string) => printed.push(line);
const config = (changes: Record<string, string> = {}) =>
  readConfig({ AGENTLINK_DROPBOX_APP_KEY: APP.key, AGENTLINK_DROPBOX_REFRESH_TOKEN: APP.refreshToken, ...changes }, {});
const check = (changes?: Record<string, string>) => dropboxCheck(config(changes), { print, fetch: fake.fetch });

beforeEach(async () => {
  printed = [];
  fake = await new FakeDropbox().start();
});
afterEach(() => fake.stop());

describe("agentlink dropbox check", () => {
  test("puts a file there, reads it back and leaves nothing", async () => {
    fake.files.write("/Reports/a.txt", "");
    await check({ AGENTLINK_DROPBOX_FOLDER: "Reports" });
    expect(printed.join("\n")).toContain("Ada Agent <ada@example.com>");
    expect(printed.at(-1)).toContain("Reports can be delivered");
    expect(fake.files.writes).toHaveLength(2);
    expect(fake.files.paths()).toEqual(["/Reports/a.txt"]);
  });

  test("says what is wrong in plain words", async () => {
    await expect(check({ AGENTLINK_DROPBOX_FOLDER: "Reprots" })).rejects.toThrow("there is no folder /Reprots");
    fake.scopes = ["account_info.read"];
    await expect(check()).rejects.toThrow("lacks the permission files.content.write");
    fake.refreshTokens.clear();
    await expect(check()).rejects.toThrow("invalid or revoked");
    await fake.stop();
    fake = await new FakeDropbox({ quota: 5 }).start();
    await expect(check()).rejects.toThrow("the Dropbox is full");
  });

  test("--json reports each step and what went wrong as one object", async () => {
    const notified = async (changes?: Record<string, string>) => {
      printed = [];
      const failed = await stepsAsJson(
        (step) => dropboxCheck(config(changes), { print: step, fetch: fake.fetch }),
        print,
      ).then(
        () => false,
        () => true,
      );
      return { failed, ...JSON.parse(printed.join("\n")) };
    };
    const any = (text: string) => expect.stringContaining(text);
    const account = any("Ada Agent");
    expect(await notified()).toMatchObject({ failed: false, ok: true, error: null });
    expect(await notified()).toMatchObject({ steps: [account, any("Put "), any("Read it back"), any("Deleted it")] });
    expect(await notified({ AGENTLINK_DROPBOX_FOLDER: "Reprots" })).toEqual({
      failed: true,
      ok: false,
      steps: [account],
      error: { code: "dropbox_folder", message: expect.stringContaining("there is no folder /Reprots") },
    });
  });
});

test("agentlink dropbox login shows an address, takes the code with its proof and prints what to set", async () => {
  const prompt = async () => {
    const url = new URL(printed.find((line) => line.includes("https://"))?.trim() ?? "");
    expect(url.searchParams.get("token_access_type")).toBe("offline");
    expect(url.searchParams.get("code_challenge_method")).toBe("S256");
    fake.code = { code: "the-code", challenge: url.searchParams.get("code_challenge") ?? "" };
    return " the-code ";
  };
  await dropboxLogin(config({ AGENTLINK_DROPBOX_REFRESH_TOKEN: "" }), { print, prompt, fetch: fake.fetch });
  expect(printed.join("\n")).toContain(`AGENTLINK_DROPBOX_REFRESH_TOKEN=${APP.refreshToken}`);
  expect(printed.join("\n")).toContain("Reports can be delivered");
  const wrong = dropboxLogin(config(), { print, prompt: async () => "another", fetch: fake.fetch });
  await expect(wrong).rejects.toThrow("did not accept the code");
});
