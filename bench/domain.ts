import { createCircuitBreaker } from "../src/outbound/circuit-breaker.ts";
import { createOutbound } from "../src/outbound/outbound.ts";
import type { DataSet } from "../src/report/data-set.ts";
import { openCache } from "../src/report/sources/domain/cache.ts";
import { createDomainClient } from "../src/report/sources/domain/client.ts";
import { createDomainSource } from "../src/report/sources/domain/source.ts";
import { FakeDomain } from "../tests/fakes/domain.ts";
import { addSuburb } from "../tests/fakes/domain-suburb.ts";
import { median, type Row } from "./table.ts";

const LATENCY_MS = 200;
/** Over two years, so that 300 are of the last twelve months. */
const SALES = 590;
const ROUNDS = 5;
const MANLY = { suburb: "Manly", state: "NSW", postcode: "2095" } as const;

/**
 * A suburb with 300 sales a year, with its agents' positions and its city's auctions, gathered from the stand-in of Domain's API, which takes 200 ms for each call: ours with
 * nothing cached, the same calls one after the other as the old service sent its own, and ours once more.
 */
export async function benchDomain(): Promise<readonly Row[]> {
  await using domain = new FakeDomain().start();
  addSuburb(domain, { today: new Date().toISOString().slice(0, 10), sold: SALES, current: 40, agencies: 20 });
  // Its capital's auctions of last Saturday, of which this suburb has none.
  domain.auctions = { day: new Date().toISOString().slice(0, 10), results: { Sydney: [] } };
  domain.latencyMs = LATENCY_MS;
  const times = { cold: [] as number[], sequential: [] as number[], warm: [] as number[] };
  let calls = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    domain.calls.length = 0;
    const cache = openCache({ path: ":memory:" });
    const client = createDomainClient({
      url: domain.url,
      credentials: { key: domain.key },
      outbound: createOutbound({ allowHosts: [new URL(domain.url).host], allowHttp: true }),
      breaker: createCircuitBreaker(),
      cache,
    });
    const source = createDomainSource({ client, cache, townhouses: "house" });
    const gather = async () => {
      const { sales = [], agents = [] } = JSON.parse((await source.dataSet(MANLY)) ?? "{}") as DataSet;
      if (sales.length !== SALES) throw new Error(`${sales.length} sales instead of ${SALES}`);
      if (!agents.some(({ title }) => title)) throw new Error("no positions of agents");
    };
    times.cold.push(await timed(gather));
    calls = domain.calls.length;
    times.warm.push(await timed(gather));
    if (domain.calls.length !== calls) throw new Error("the second time cost calls");
    const requested = [...domain.calls];
    times.sequential.push(
      await timed(async () => {
        for (const { method, path, query, body, headers } of requested) {
          const response = await fetch(`${domain.url}${path}?${new URLSearchParams(query)}`, {
            method,
            headers: { "X-Api-Key": headers.get("x-api-key") ?? "", "Content-Type": "application/json" },
            ...(body === null ? {} : { body: JSON.stringify(body) }),
          });
          await response.text();
        }
      }),
    );
    cache.close();
  }
  const [cold, sequential, warm] = [times.cold, times.sequential, times.warm].map(median);
  const row = (name: string, ms = Number.NaN, sent = calls): Row => ({
    ...{ how: name, calls: sent, "median s": (ms / 1_000).toFixed(2) },
    ratio: (ms / (cold ?? 1)).toFixed(2),
  });
  return [
    row("AgentLink, nothing cached", cold),
    row("the same calls, one after the other", sequential),
    row("AgentLink, cached within a day", warm, 0),
  ];
}

async function timed(work: () => Promise<void>): Promise<number> {
  const begun = performance.now();
  await work();
  return performance.now() - begun;
}
