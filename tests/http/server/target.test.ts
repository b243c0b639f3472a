import { expect, test } from "bun:test";
import { until } from "../../until.ts";
import { openApi } from "../api.ts";
import { rawClient } from "../socket.ts";

/** The status and body of the response to a head that is sent as it is. */
async function sent(port: number, head: string, body = "") {
  const client = rawClient(port);
  client.send(`${head}\r\nConnection: close\r\n\r\n${body}`);
  const text = await client.received;
  return { status: Number(text.split(" ")[1]), text };
}

test("the path is the path, however short the host is, where it is missing, and as an absolute address", async () => {
  await using api = await openApi();
  const { secret } = await api.keys.create({ name: "a", scope: "admin", rate: null });
  const key = `Authorization: Bearer ${secret}`;
  for (const host of ["a", "ab", "nas", "a:1", "abcd", "localhost", "[::1]", "::", "A", ""]) {
    const line = `Host: ${host}\r\n${key}`;
    const refused = host === "::";
    const statusOf = async (target: string, version = "1.1") =>
      (await sent(api.port, `GET ${target} HTTP/${version}\r\n${line}`)).status;
    expect([host, await statusOf("/livez")]).toEqual([host, refused ? 400 : 200]);
    expect([host, await statusOf("/metrics")]).toEqual([host, refused ? 400 : 200]);
    for (const shifted of ["/x/livez", "/xxx/metrics", "/xxxxxxxxxxxx/livez", "/a/b/c/metrics", "/livez/x/livez"])
      expect([host, shifted, await statusOf(shifted)]).toEqual([host, shifted, refused ? 400 : 404]);
    expect([host, await statusOf("http://e/x/livez")]).toEqual([host, refused ? 400 : 404]);
    expect([host, await statusOf("http://e/livez")]).toEqual([host, refused ? 400 : 200]);
    expect([host, await statusOf("/x/../livez", "1.0")]).toEqual([host, refused ? 400 : 200]);
  }
  const without = (target: string) => sent(api.port, `GET ${target} HTTP/1.0\r\n${key}`);
  expect((await without("/livez")).status).toBe(200);
  for (const shifted of ["/x/livez", "/xxxxxxxxxx/livez", "/xxxxxxxxxxx/metrics"])
    expect([shifted, (await without(shifted)).status]).toEqual([shifted, 404]);
});

test("a Host header that is none, or two of them, is refused in words, whatever the path", async () => {
  await using api = await openApi();
  for (const host of ["a/livez?", "x#y", "u@host", "a b", "abcd\r\nHost: efgh", "é", "host:99999999", "a\\b", "[x]"]) {
    const { status, text } = await sent(api.port, `GET /livez HTTP/1.1\r\nHost: ${host}`);
    expect([host, status]).toEqual([host, 400]);
    if (text.includes("problem+json")) expect(text).toContain('"bad_host"');
  }
});

test("under a short name reports are accepted, waited for and logged as under any other", async () => {
  await using api = await openApi();
  const { secret } = await api.keys.create({ name: "a", scope: "admin", rate: null });
  const body = JSON.stringify({ suburb: "Manly", state: "NSW", metadata: { padding: "x".repeat(10_000) } });
  const head = `POST /api/generate-agents-report HTTP/1.1\r\nHost: nas\r\nAuthorization: Bearer ${secret}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}`;
  const { status, text } = await sent(api.port, head, body);
  expect(status).toBe(200);
  expect(text).toContain('"status_url":"http://nas/api/job-status/');
  const wait = sent(
    api.port,
    `GET /api/job-status/${/job-status\/([\w-]+)/.exec(text)?.[1]}?wait=30 HTTP/1.1\r\nHost: nas\r\nAuthorization: Bearer ${secret}`,
  );
  await until(() => api.server.longPolls() > 0);
  await api.finish();
  expect((await wait).text).toContain('"attempts":1');
  expect(api.responses.map(({ route }) => route)).toContain("/api/job-status/:id");
});
