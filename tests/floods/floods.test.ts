import { afterAll, beforeAll, expect } from "bun:test";
import { readFileSync } from "node:fs";
import { head, type RawClient, rawClient } from "../http/socket.ts";
import { onLinux } from "../programs.ts";
import { until } from "../until.ts";
import { BATCH, LARGE_BODIES, REPORT, SALE } from "./bodies.ts";
import { type Flooded, LONGEST_TURN_MS, longestTurn, startFlooded } from "./flooded.ts";

const test = onLinux;
const TIMEOUT_MS = 180_000;
const BODY = JSON.stringify({ suburb: "Manly", state: "NSW" });
let flooded: Flooded;

beforeAll(async () => {
  flooded = await startFlooded("sqlite");
});
afterAll(() => flooded[Symbol.asyncDispose]());

/**
 * Connections that never send anything, once the server has them. The kernel passes a connection on when there is something
 * to read (TCP_DEFER_ACCEPT), or a second later. Where hundreds more come in that second it forgets some that wait, and such
 * a client is connected to no server, which cannot end it. A client that sends something repeats it until it is accepted.
 */
async function acceptedSilent(count: number): Promise<readonly RawClient[]> {
  const before = established();
  const silent = Array.from({ length: count }, () => rawClient(flooded.port));
  await until(() => established() >= before + count, undefined, "the silent connections to be accepted");
  return silent;
}

/** Connections that the kernel has handed to the server, or is about to. https://docs.kernel.org/networking/proc_net_tcp.html */
function established(): number {
  const port = flooded.port.toString(16).toUpperCase().padStart(4, "0");
  const lines = readFileSync("/proc/net/tcp", "utf8").split("\n");
  return lines.filter((line) => new RegExp(`^ *\\d+: [\\dA-F]{8}:${port} \\S+ 01 `).test(line)).length;
}

const post = (path: string, body: string) =>
  fetch(flooded.url + path, { method: "POST", headers: { "Content-Type": "application/json" }, body });

test(
  "no body of the largest size, whatever is in it, delays the others for a tenth of a second",
  async () => {
    for (const { what, path, status, text } of LARGE_BODIES) {
      const body = text();
      const worst = await longestTurn(flooded, async () => {
        const reply = await post(path, body);
        expect([what, reply.status]).toEqual([what, status]);
        await reply.text();
      });
      expect({ what, blocks: worst >= LONGEST_TURN_MS && worst }).toEqual({ what, blocks: false });
    }
    expect((await flooded.measure()).rss).toBeLessThan(700_000_000);
  },
  TIMEOUT_MS,
);

test(
  "the largest response of the operator's own data source delays no request while it is checked",
  async () => {
    const name = "x".repeat(200);
    const sales = Array.from({ length: 20_000 }, (_, index) => ({
      ...SALE,
      id: `s${index}`,
      address: `${index} ${name}`,
    }));
    const result = JSON.stringify({ sales, agents: [{ name: "Søren" }] });
    expect(result.length).toBeGreaterThan(6_000_000);
    using service = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: () => new Response(result) });
    const worst = await longestTurn(flooded, async () => {
      expect(await flooded.request<number>(`source http://127.0.0.1:${service.port}/`)).toBeGreaterThan(6_000_000);
    });
    expect(worst).toBeLessThan(LONGEST_TURN_MS);
  },
  TIMEOUT_MS,
);

test(
  "uploads of rows that are megabytes long, or of none, delay no request",
  async () => {
    const columns = "id,category,price,sold_date,address,suburb,state";
    const uploads = [
      ["text/csv", `${columns}\ns1,house,1,2026-03-01,"${"z\n".repeat(10_000_000)}",Manly,NSW`],
      ["application/json", `[{"id":"${"y".repeat(10_000_000)}"}]`],
      ["application/json", "[".repeat(10_000_000)],
      ["application/x-ndjson", "a".repeat(10_000_000)],
    ] as const;
    for (const [type, body] of uploads) {
      const worst = await longestTurn(flooded, async () => {
        const put = () =>
          fetch(`${flooded.url}/api/catalogue/sales`, { method: "PUT", headers: { "Content-Type": type }, body });
        for (const response of await Promise.all([put(), put()])) {
          expect([type, [400, 422].includes(response.status)]).toEqual([type, true]);
          await response.text();
        }
      });
      expect({ type, blocks: worst >= LONGEST_TURN_MS && worst }).toEqual({ type, blocks: false });
    }
  },
  TIMEOUT_MS,
);

test(
  "a thousand connections, most of them silent, slow or half sent, do not keep others from being served, and are all ended",
  async () => {
    const before = await flooded.measure();
    const trickles: Timer[] = [];
    const slow = (first: string, more: string): RawClient => {
      const client = rawClient(flooded.port);
      client.send(first);
      if (more !== "") trickles.push(setInterval(() => client.send(more), 500));
      return client;
    };
    const many = (count: number, make: () => RawClient) => Array.from({ length: count }, make);
    const json = ["Content-Type: application/json"];
    const half = BODY.slice(0, 9);
    const clients = [
      ...(await acceptedSilent(200)),
      ...many(200, () => slow("POST / HTTP/1.1\r\nHost: localhost\r\n", "X-Slow: 1\r\n")),
      ...many(200, () => slow(`${head(`POST ${REPORT}`, ...json, "Content-Length: 100000")}${half}`, " ")),
      ...many(200, () =>
        slow(`${head(`POST ${REPORT}`, ...json, "Transfer-Encoding: chunked")}1\r\n{\r\n`, "1\r\n \r\n"),
      ),
      ...many(100, () => slow(head("GET /livez", `X-Bomb: ${"x".repeat(20_000)}`), "")),
    ];
    const served = Array.from({ length: 100 }, async () => {
      const statuses: number[] = [];
      for (let i = 0; i < 5; i += 1) statuses.push((await post(REPORT, BODY)).status);
      return statuses;
    });
    expect((await Promise.all(served)).flat().filter((status) => status !== 200)).toEqual([]);
    const { rss } = await flooded.measure();
    expect(rss - before.rss).toBeLessThan(150_000_000);

    const responses = await Promise.all(clients.map(({ received }) => received));
    for (const trickle of trickles) clearInterval(trickle);
    const kinds = Map.groupBy(responses, (got) => /^HTTP\/1\.1 (\d{3})/.exec(got)?.[1] ?? "closed");
    const countOf = (kind: string) => kinds.get(kind)?.length ?? 0;
    // Who still sends when the connection closes may get its reset before the response (RFC 9112, section 9.6).
    expect(countOf("closed") + countOf("408") + countOf("431")).toBe(clients.length);
    expect(countOf("408")).toBeWithin(1, 401);
    expect(countOf("431")).toBeWithin(1, 101);
    expect((await post(REPORT, BODY)).status).toBe(200);
  },
  TIMEOUT_MS,
);

test(
  "large bodies that come all at once are read, or sent away with when to come back, in bounded memory",
  async () => {
    const before = await flooded.measure();
    const large = JSON.stringify({ suburb: "Manly", state: "NSW", x: "y".repeat(4_900_000) });
    const replies = await Promise.all(Array.from({ length: 60 }, () => post(REPORT, large).catch(() => null)));
    const statuses = replies.flatMap((got) => got?.status ?? []);
    // 408: what does not come in while the others are read.
    expect(statuses.filter((status) => ![200, 408, 503].includes(status))).toEqual([]);
    expect(statuses.filter((status) => status === 200).length).toBeGreaterThan(5);
    for (const got of replies) {
      if (got?.status !== 503) continue;
      expect(got.headers.get("retry-after")).toBe("2");
      expect(await got.json()).toMatchObject({ code: "bodies_waiting" });
    }
    expect((await flooded.measure()).rss - before.rss).toBeLessThan(500_000_000);
    expect((await post(REPORT, large)).status).toBe(200);
  },
  TIMEOUT_MS,
);

test(
  "a list of two hundred jobs that each bring a logo delays no request",
  async () => {
    await flooded.request("logos 200");
    const worst = await longestTurn(flooded, async () => {
      const got = await fetch(`${flooded.url}/api/jobs?limit=200`);
      expect(((await got.json()) as { jobs: unknown[] }).jobs).toHaveLength(200);
    });
    expect(worst).toBeLessThan(LONGEST_TURN_MS);
  },
  TIMEOUT_MS,
);

test(
  "behind fifty thousand jobs of one client another's five go first in turn, and nothing is slow for it",
  async () => {
    await flooded.request("claim 100000");
    await flooded.request("fill many 50000");
    await flooded.request("fill few 5");
    // The one's first job is there, and then they take turns.
    const first = await flooded.request<string[]>("claim 11");
    expect(first.filter((client) => client === "few")).toHaveLength(5);
    await flooded.request("fill many 50000");
    const worst = await longestTurn(flooded, async () => {
      const id = ((await (await post(REPORT, BODY)).json()) as { job_id: string }).job_id;
      const calls = [`/api/job-status/${id}`, "/api/jobs?limit=200", "/api/jobs?status=queued&suburb=Manly", "/readyz"];
      for (const path of [...calls, "/"]) expect((await fetch(flooded.url + path)).status).toBe(200);
      expect((await post(BATCH, JSON.stringify({ reports: [JSON.parse(BODY)] }))).status).toBe(200);
      expect(await flooded.request<string[]>("claim 4")).toHaveLength(4);
    });
    expect(worst).toBeLessThan(LONGEST_TURN_MS);
  },
  TIMEOUT_MS,
);
