import { describe, expect, test } from "bun:test";
import { resolve } from "node:path";
import { formatDuration } from "../../src/settings/setting.ts";
import { describeConfig, howToChange, readConfig } from "../../src/settings/settings.ts";

describe("settings", () => {
  test("have their documented defaults", () => {
    expect(readConfig({}, {})).toMatchObject({
      host: "127.0.0.1",
      port: 8080,
      dataDir: resolve("data"),
      deliveryFolder: resolve("data/delivered"),
      delivery: ["folder"],
      renderThreads: null,
      memoryLimit: null,
      queueLimit: 100_000,
      jobTimeoutMs: 600_000,
    });
  });

  test("are frozen", () => {
    expect(Object.isFrozen(readConfig({}, {}))).toBe(true);
  });

  test("a flag wins over a variable, a variable over the default", () => {
    const environment = { AGENTLINK_PORT: "9000", AGENTLINK_HOST: "0.0.0.0" };
    expect(readConfig(environment, { port: "9001" })).toMatchObject({ port: 9001, host: "0.0.0.0" });
  });

  test("durations and sizes are read with their units", () => {
    const environment = { AGENTLINK_JOB_TIMEOUT: "1.5m", AGENTLINK_RETENTION: "30d", AGENTLINK_MEMORY_LIMIT: "2GiB" };
    expect(readConfig(environment, {})).toMatchObject({
      jobTimeoutMs: 90_000,
      retentionMs: 30 * 86_400_000,
      memoryLimit: 2 ** 31,
    });
  });

  test("one that is too short is refused in the unit that people type", () => {
    const environment = { AGENTLINK_RETENTION: "30s", AGENTLINK_JOB_TIMEOUT: "10ms", AGENTLINK_REDIS_LEASE: "1s" };
    expect(failure(() => readConfig(environment, {})).message.split("\n")).toEqual([
      'AGENTLINK_JOB_TIMEOUT="10ms": must be at least 1s',
      'AGENTLINK_RETENTION="30s": must be at least 1m',
      'AGENTLINK_REDIS_LEASE="1s": must be at least 1500ms',
    ]);
    expect([0, 1, 90_000, 600_000, 5_400_000, 86_400_000].map(formatDuration)).toEqual([
      "0ms",
      "1ms",
      "90s",
      "10m",
      "90m",
      "1d",
    ]);
  });

  test("a Dropbox folder with a character that Dropbox refuses is refused at start; a bucket takes it", () => {
    for (const folder of ["Sold 🏠", "𠮷野家/2026"])
      expect(() => readConfig({ AGENTLINK_DROPBOX_FOLDER: folder }, {})).toThrow(
        /AGENTLINK_DROPBOX_FOLDER=.* must not contain emoji or rare ideographs/,
      );
    expect(readConfig({ AGENTLINK_DROPBOX_FOLDER: "Søld ☎", AGENTLINK_S3_PREFIX: "🏠" }, {})).toMatchObject({
      dropboxFolder: "Søld ☎",
      s3Prefix: "🏠",
    });
  });

  test("an unknown AGENTLINK_ name is refused with the nearest right one", () => {
    expect(() => readConfig({ AGENTLINK_RENDER_THREAD: "2" }, {})).toThrow(
      /AGENTLINK_RENDER_THREAD is not a setting\. Did you mean AGENTLINK_RENDER_THREADS\? /,
    );
  });

  test("every wrong value is named at once, by the name it was given under", () => {
    const environment = { AGENTLINK_PORT: "70000", AGENTLINK_JOB_TIMEOUT: "soon", AGENTLINK_DELIVERY: "fax" };
    const message = failure(() => readConfig(environment, { queueLimit: "-1" })).message;
    expect(message.split("\n")).toEqual([
      expect.stringContaining('AGENTLINK_PORT="70000": must be a whole number'),
      expect.stringContaining('--queue-limit="-1": must be a whole number'),
      expect.stringContaining('AGENTLINK_JOB_TIMEOUT="soon": must be a duration'),
      expect.stringContaining('AGENTLINK_DELIVERY="fax": must be one or more of folder'),
    ]);
  });

  test("a source's address has its placeholders where a caller cannot choose the host", () => {
    const read = (url: string) => readConfig({ AGENTLINK_SOURCE_URL: url }, {}).sourceUrl;
    const good = "https://data.example.com/{state}/{suburb}?p={postcode}";
    expect(read(good)).toBe(good);
    expect(() => read("https://{suburb}.example.com/")).toThrow(/placeholders in the path or the query/);
    expect(() => read("https://data.example.com/{town}")).toThrow(/must not contain \{town\}/);
    expect(() => read("https://data.example.com/all")).toThrow(/must contain \{suburb\}/);
    expect(() => read("data.example.com/{suburb}")).toThrow(/must be an address that begins with https/);
  });

  test("a wrong secret is refused without being shown", () => {
    const environment = { AGENTLINK_CALLBACK_SECRET: "hunter2", AGENTLINK_SOURCE_HEADERS: "Bearer hunter2" };
    const { message } = failure(() => readConfig(environment, {}));
    expect(message).toContain("AGENTLINK_CALLBACK_SECRET=********: must be whsec_");
    expect(message).toContain("AGENTLINK_SOURCE_HEADERS=********: must be JSON");
    expect(message).not.toContain("hunter2");
  });

  test("headers are JSON, hosts a list, and both are understood at once or refused", () => {
    const environment = {
      AGENTLINK_SOURCE_HEADERS: '{"Authorization":"Bearer k"}',
      AGENTLINK_ALLOW_HOSTS: " hooks.internal, *.lan ,10.0.0.0/8,[::1]:9000 ",
    };
    expect(readConfig(environment, {})).toMatchObject({
      sourceHeaders: { Authorization: "Bearer k" },
      allowHosts: ["hooks.internal", "*.lan", "10.0.0.0/8", "[::1]:9000"],
      callbackSecret: null,
      allowHttp: false,
    });
    expect(() => readConfig({ AGENTLINK_SOURCE_HEADERS: '{"A":7}' }, {})).toThrow(/must be JSON/);
    expect(() => readConfig({ AGENTLINK_ALLOW_HOSTS: "http://x/" }, {})).toThrow(
      /must be hosts such as hooks\.internal/,
    );
  });

  test.each([
    ["S3_BUCKET", "s3://reports", /only the name of a bucket/],
    ["S3_BUCKET", "reports/sold", /AGENTLINK_S3_PREFIX/],
    ["S3_REGION", "eu central 1", /region's name/],
    ["S3_REGION", "https://s3.eu-west-1.amazonaws.com", /region's name/],
    ["S3_ENDPOINT", "s3.example.com", /must be an address that begins with https/],
    ["S3_ENDPOINT", "https://key:secret@s3.example.com", /must not contain a user name or password/],
    ["S3_ENDPOINT", "https://s3.example.com/?list-type=2", /must not contain \? or #/],
    ["S3_ACCESS_KEY_ID", "AKIA\u00a0X", /printable ASCII/],
    ["S3_SECRET_ACCESS_KEY", "se\ncret", /printable ASCII/],
    ["S3_PREFIX", "a/../b", /must not contain \. or \.\./],
    ["DROPBOX_FOLDER", "Reports/./x", /must not contain \. or \.\./],
    ["DROPBOX_FOLDER", "Re\u0007ports", /control characters/],
    ["DROPBOX_FOLDER", "/Agency./Reports", /"Agency\." ends with a dot/],
    ["DROPBOX_FOLDER", "Reports/.dropbox", /"\.dropbox" is a name that Dropbox never stores/],
    ["DROPBOX_FOLDER", `Reports/${"x".repeat(256)}`, /longer than 255 characters/],
    ["DROPBOX_APP_KEY", "kéy", /printable ASCII/],
    ["DROPBOX_REFRESH_TOKEN", "tökén", /printable ASCII/],
  ])("AGENTLINK_%s=%p is refused at the start, without the value of a secret", (name, value, reason) => {
    const { message } = failure(() => readConfig({ [`AGENTLINK_${name}`]: value }, {}));
    expect(message).toMatch(reason);
    if (/SECRET|TOKEN/.test(name)) expect(message).not.toContain(value);
    expect(message).not.toContain("key:secret");
  });

  test("keys of any printable letters are taken", () => {
    const keys = {
      AGENTLINK_S3_ACCESS_KEY_ID: "with:colon @and blank",
      AGENTLINK_S3_SECRET_ACCESS_KEY: "a/b+c=d:e@f g",
    };
    const { s3AccessKeyId, s3SecretAccessKey } = readConfig(keys, {});
    expect([s3AccessKeyId, s3SecretAccessKey]).toEqual(Object.values(keys));
  });

  test("targets are a list, and each one's settings must be there", () => {
    const dropbox = { AGENTLINK_DROPBOX_APP_KEY: "key", AGENTLINK_DROPBOX_REFRESH_TOKEN: "token" };
    const { delivery } = readConfig({ AGENTLINK_DELIVERY: "dropbox, folder", ...dropbox }, {});
    expect(delivery).toEqual(["dropbox", "folder"]);
    expect(() => readConfig({ AGENTLINK_DELIVERY: "folder,folder" }, {})).toThrow("each once");
    expect(() => readConfig({ AGENTLINK_DELIVERY: "folder,s3" }, {})).toThrow(
      /S3_BUCKET must be set.*\n.*S3_ACCESS_KEY_ID must be.*\n.*S3_SECRET/,
    );
    // Its account may be linked in the browser; a token without its app is a mistake.
    expect(readConfig({ AGENTLINK_DELIVERY: "dropbox" }, {}).delivery).toEqual(["dropbox"]);
    const token = { AGENTLINK_DELIVERY: "dropbox", AGENTLINK_DROPBOX_REFRESH_TOKEN: "token" };
    expect(() => readConfig(token, {})).toThrow("DROPBOX_APP_KEY must be set");
  });

  test("where to change one is described for how it was started; a container's marks alone do not say that it is the image", () => {
    expect(howToChange({}, "/usr/local/bin/agentlink").where).toStartWith("the environment of the service");
    expect(howToChange({ INVOCATION_ID: undefined }, "/opt/agentlink").where).not.toContain("docker");
  });

  test("names of other programs are let alone", () => {
    expect(() => readConfig({ PATH: "/bin", AGENT: "x" }, {})).not.toThrow();
  });

  test("each is described with its value and where it comes from", () => {
    const lines = describeConfig({ AGENTLINK_PORT: "9000" }, { host: "::1" });
    expect(lines.find(({ variable }) => variable === "AGENTLINK_PORT")).toMatchObject({
      value: "9000",
      from: "environment",
    });
    expect(lines.find(({ variable }) => variable === "AGENTLINK_HOST")).toMatchObject({ value: "::1", from: "--host" });
    expect(lines.every(({ description }) => description.length > 10)).toBe(true);
  });
});

function failure(act: () => unknown): Error {
  try {
    act();
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error("it did not fail");
}
