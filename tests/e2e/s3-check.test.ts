import { afterAll, beforeAll, expect, test } from "bun:test";
import { FakeS3 } from "../fakes/s3.ts";
import { run } from "./binary.ts";

let s3: FakeS3;
beforeAll(async () => {
  s3 = await new FakeS3().start();
});
afterAll(() => s3.stop());

function check(changes: Record<string, string> = {}, ...more: string[]) {
  const { endpoint, region, accessKeyId, secretAccessKey } = s3.options();
  const env = {
    AGENTLINK_S3_ENDPOINT: endpoint,
    AGENTLINK_S3_REGION: region,
    AGENTLINK_S3_BUCKET: "reports",
    AGENTLINK_S3_ACCESS_KEY_ID: accessKeyId,
    AGENTLINK_S3_SECRET_ACCESS_KEY: secretAccessKey,
  };
  return run(["s3", "check", ...more], { env: { ...env, ...changes } });
}

test("`agentlink s3 check` goes the way of a report with a small object, and leaves nothing", async () => {
  const { code, stdout } = await check();
  expect([code, stdout]).toEqual([
    0,
    "Put agentlink-check.txt there.\nRead it back.\nDeleted it. Reports can be delivered.\n",
  ]);
  expect([s3.writes, s3.objects.size]).toEqual([["agentlink-check.txt"], 0]);
});

test("it names the setting that is wrong, and any web server is none", async () => {
  using page = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch: () => new Response("<h1>It works!</h1>", { headers: { "content-type": "text/html" } }),
  });
  for (const [changes, said] of [
    [{ AGENTLINK_S3_REGION: "us-east-1" }, /AGENTLINK_S3_REGION=eu-central-1/],
    [{ AGENTLINK_S3_BUCKET: "no-such" }, /AGENTLINK_S3_BUCKET/],
    [{ AGENTLINK_S3_SECRET_ACCESS_KEY: "wrong" }, /AGENTLINK_S3_SECRET_ACCESS_KEY/],
    [{ AGENTLINK_S3_ENDPOINT: page.url.origin }, /web page.*AGENTLINK_S3_ENDPOINT/],
    [{ AGENTLINK_S3_ENDPOINT: "http://127.0.0.1:1" }, /does not respond.*AGENTLINK_S3_ENDPOINT/],
  ] as const) {
    const { code, stderr } = await check(changes);
    expect(code).toBe(1);
    expect(stderr).toMatch(said);
    expect(stderr).not.toContain("secret+key");
    expect(JSON.parse((await check(changes, "--json")).stdout)).toMatchObject({
      ok: false,
      error: { message: expect.stringMatching(said) },
    });
  }
}, 60_000);
