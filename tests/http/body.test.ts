import { expect, test } from "bun:test";
import { until, within } from "../until.ts";
import { openApi } from "./api.ts";
import { bodyOf, head, rawClient } from "./socket.ts";

const PATH = "/api/generate-agents-report";
const VALID = JSON.stringify({ suburb: "Manly", state: "NSW" });

test("what is not JSON gets 400", async () => {
  await using api = await openApi();
  for (const text of ["", "{", "{'a': 1}", '{"suburb": "Manly",}', "\u0000"]) {
    const response = await api.post(PATH, text);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ code: "bad_json" });
  }
  const missing = await api.post(PATH, '{\n  "suburb": "Manly"\n  "state": "NSW"\n}');
  expect(await missing.json()).toMatchObject({
    detail: "The body is not JSON: line 3, column 3: a comma is missing.",
    details: { line: 3, column: 3 },
  });
  for (const text of ["null", "[]", '"Manly"', "7"]) expect((await api.post(PATH, text)).status).toBe(422);
});

test("invalid UTF-8 gets 400, and the next request is read as if nothing had been", async () => {
  await using api = await openApi();
  const bad = Buffer.concat([
    Buffer.from('{"suburb":"Man'),
    Buffer.from([0xff, 0xc3]),
    Buffer.from('ly","state":"NSW"}'),
  ]);
  const response = await api.post(PATH, new Uint8Array(bad));
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({ code: "not_utf8" });
  expect((await api.post(PATH, VALID)).status).toBe(200);
});

test("a byte order mark before the JSON is skipped", async () => {
  await using api = await openApi();
  expect((await api.post(PATH, `\ufeff${VALID}`)).status).toBe(200);
});

test("JSON of any depth is refused before anything walks it", async () => {
  await using api = await openApi();
  const nested = (depth: number) =>
    `{"suburb":"Manly","state":"NSW","metadata":{"a":${"[".repeat(depth)}${"]".repeat(depth)}}}`;
  expect((await api.post(PATH, nested(62))).status).toBe(200);
  for (const depth of [63, 100_000, 2_000_000]) {
    const response = await api.post(PATH, nested(depth));
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ code: "json_too_deep" });
  }
  const brackets = JSON.stringify({ suburb: "Manly", state: "NSW", metadata: { text: '[{"\\'.repeat(200) } });
  expect((await api.post(PATH, brackets)).status).toBe(200);
}, 60_000);

test("another kind of body gets 415; none named is taken for JSON, as the old API did", async () => {
  await using api = await openApi();
  const post = (headers: Record<string, string>) =>
    api.request(PATH, { method: "POST", headers, body: new TextEncoder().encode(VALID) });
  for (const type of ["text/plain", "application/x-www-form-urlencoded", "application/json; charset=latin1"]) {
    expect((await post({ "Content-Type": type })).status).toBe(415);
  }
  for (const type of ["application/json; charset=UTF-8", "application/problem+json", "Application/JSON"]) {
    expect((await post({ "Content-Type": type })).status).toBe(200);
  }
  for (const nothing of [{}, { "Content-Type": "" }]) expect((await post(nothing)).status).toBe(200);
  expect((await post({ "Content-Type": "application/json", "Content-Encoding": "gzip" })).status).toBe(415);
});

test("a body over the limit gets 413, one at the limit is read", async () => {
  await using api = await openApi({ maxBodyBytes: 1_000 });
  expect((await api.post(PATH, VALID.padEnd(1_000))).status).toBe(200);
  const refused = await api.post(PATH, VALID.padEnd(1_001));
  expect(refused.status).toBe(413);
  expect(await refused.json()).toMatchObject({ code: "too_large", details: { max_bytes: 1_000 } });
});

test("a body that says it is larger than any with pictures is refused before it is sent", async () => {
  await using api = await openApi();
  const client = rawClient(api.port);
  client.send(head(`POST ${PATH}`, "Content-Type: application/json", "Content-Length: 134217729"));
  const reply = await client.received;
  expect(reply).toStartWith("HTTP/1.1 413 ");
  expect(bodyOf(reply)).toMatchObject({ code: "too_large" });
});

test("an endless chunked body is cut off at the limit", async () => {
  await using api = await openApi({ maxBodyBytes: 100_000 });
  const client = rawClient(api.port);
  client.send(head(`POST ${PATH}`, "Content-Type: application/json", "Transfer-Encoding: chunked"));
  const chunk = `2000\r\n${" ".repeat(8_192)}\r\n`;
  let sent = 0;
  const sending = setInterval(() => {
    if (client.socket.writable) sent += client.send(chunk) ?? chunk.length;
  }, 1);
  const result = await client.received;
  clearInterval(sending);
  expect(result).toStartWith("HTTP/1.1 413 ");
  expect(sent).toBeLessThan(2_000_000);
});

test("a chunked body within the limit is read", async () => {
  await using api = await openApi();
  const client = rawClient(api.port);
  client.send(
    head(`POST ${PATH}`, "Content-Type: application/json", "Transfer-Encoding: chunked", "Connection: close"),
  );
  for (const byte of VALID) client.send(`1\r\n${byte}\r\n`);
  client.send("0\r\n\r\n");
  const received = await client.received;
  expect(received).toStartWith("HTTP/1.1 200 ");
  expect(received).toContain("job_id");
});

test("a body that trickles in is cut off when its time is up, however steadily it trickles", async () => {
  await using api = await openApi({ bodyTimeoutMs: 300 });
  for (const headers of [["Content-Length: 100000"], ["Transfer-Encoding: chunked"]]) {
    const client = rawClient(api.port);
    client.send(head(`POST ${PATH}`, "Content-Type: application/json", ...headers));
    const trickle = setInterval(() => client.send(headers[0]?.startsWith("T") ? "1\r\n \r\n" : " "), 20);
    // All of it would take half an hour.
    const got = await within(client.received, "the service to cut the body off");
    clearInterval(trickle);
    expect(got).toStartWith("HTTP/1.1 408 ");
    expect(bodyOf(got)).toMatchObject({ code: "body_too_slow" });
  }
});

test("a client that leaves in the middle of its body leaves nothing behind", async () => {
  await using api = await openApi();
  const client = rawClient(api.port);
  client.send(`${head(`POST ${PATH}`, "Content-Type: application/json", "Content-Length: 100")}{"suburb"`);
  client.socket.end();
  await client.received;
  expect(await api.queue.counts()).toMatchObject({ queued: 0 });
  expect((await api.post(PATH, VALID)).status).toBe(200);
});

test("a client that closes its side after the request has its job accepted", async () => {
  await using api = await openApi();
  const client = rawClient(api.port);
  client.socket.end(`${head(`POST ${PATH}`, `Content-Length: ${VALID.length}`)}${VALID}`);
  await client.received;
  await until(async () => (await api.queue.counts()).queued === 1);
});

test("requests sent in one go get their responses in order", async () => {
  await using api = await openApi();
  const client = rawClient(api.port);
  client.send(
    head("GET /livez", "X-Request-Id: one") +
      head("GET /nothing", "X-Request-Id: two") +
      head("GET /livez", "X-Request-Id: three", "Connection: close"),
  );
  const got = await client.received;
  expect([...got.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status)).toEqual(["200", "404", "200"]);
  expect([...got.matchAll(/x-request-id: (\w+)/gi)].map(([, id]) => id)).toEqual(["one", "two", "three"]);
});

test("what is not HTTP is refused and the service continues", async () => {
  await using api = await openApi();
  for (const text of [
    "\x16\x03\x01\x02\x00\x01\r\n\r\n",
    "GET / HTTP/1.1\r\n\r\n",
    `${head("POST /", "Content-Length: 5", "Transfer-Encoding: chunked")}0\r\n\r\n`,
  ]) {
    const client = rawClient(api.port);
    client.send(text);
    expect(await client.received).toStartWith("HTTP/1.1 400 ");
  }
  expect((await api.request("/livez")).status).toBe(200);
});
