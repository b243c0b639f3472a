import { Database } from "bun:sqlite";
import { expect } from "bun:test";
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Config } from "../../../src/settings/config.ts";
import { FakeDomain } from "../../fakes/domain.ts";
import { addSuburb } from "../../fakes/domain-suburb.ts";
import { until } from "../../until.ts";
import { run, temporaryFolder } from "../binary.ts";
import { inlineJob } from "../jobs.ts";

import { done, LOCALITY, type Proof, refusedAtStart, serving } from "./proof.ts";

/** A data source that has the same agent for every locality. */
function startSource() {
  const requested: { readonly path: string; readonly tenant: string | null }[] = [];
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch(request) {
      requested.push({ path: new URL(request.url).pathname, tenant: request.headers.get("x-tenant") });
      return Response.json({ suburb: { name: "Manly", state: "NSW" }, agents: [{ name: "Of the source" }] });
    },
  });
  const url = `http://127.0.0.1:${server.port}/{state}/{suburb}`;
  return { requested, url, host: `127.0.0.1:${server.port}`, [Symbol.asyncDispose]: () => server.stop(true) };
}
/** A locality alone: what it is of comes from elsewhere. */
const BRIEF = { ...LOCALITY, edition: "brief" } as const;

/** A report for a locality alone is made from Domain's data, as configured; returns the stand-in. */
async function fromDomain(settingsOf: (domain: FakeDomain) => Readonly<Record<string, string>>): Promise<FakeDomain> {
  await using domain = new FakeDomain().start();
  addSuburb(domain, { today: new Date().toISOString().slice(0, 10), sold: 10, current: 2, agencies: 2 });
  await serving({ DOMAIN_URL: domain.url, ...settingsOf(domain) }, async (service, dataDir) => {
    expect(await done(service, BRIEF)).toMatchObject({ status: "completed" });
    expect([domain.violations, domain.count() > 5]).toEqual([[], true]);
    using cache = new Database(join(dataDir, "domain-cache.db"), { readonly: true });
    const { body } = cache.query("SELECT body FROM entries WHERE kind = 'data_set'").get() as { body: string };
    domain.said = body;
  });
  return domain;
}
const callsDomain: Proof = {
  async prove() {
    const { said } = await fromDomain(({ key }) => ({ DOMAIN_KEY: key, DOMAIN_TOWNHOUSES: "unit" }));
    expect(said).toContain("Townhouses and villas count as units.");
  },
};
const callsDomainByToken: Proof = {
  async prove() {
    const credentials = ({ client: { id, secret } }: FakeDomain) => ({
      DOMAIN_CLIENT_ID: id,
      DOMAIN_CLIENT_SECRET: secret,
    });
    expect((await fromDomain(credentials)).tokens).toBe(1);
  },
};

/** Discounts that one service works out by numbers none of which is the usual one, by price band. */
let discounts: Promise<readonly string[]> | undefined;
function discountsAsSet(): Promise<readonly string[]> {
  const settings = { SHARE: "30", PART: "50", STEP: "100", MIN: "1000", MAX: "2000" };
  const env = Object.fromEntries(Object.entries(settings).map(([name, value]) => [`DISCOUNT_${name}`, value]));
  discounts ??= serving({ ...env, EDITION: "brief" }, (service) =>
    Promise.all(
      ["$1m-$1.5m", "Less than $500k", "$10m+"].map(async (home_owner_pricing) => {
        const rates = [{ band: home_owner_pricing, rate_from: 1.24, rate_to: 1.5 }];
        const data = { agents: [{ name: "Ada" }], partners: [{ agent: "Ada", tier: "featured", rates }] };
        return (await done(service, { ...LOCALITY, home_owner_pricing, data })).discount;
      }),
    ),
  );
  return discounts;
}
/** A source that wants a header is requested for each of two jobs, as nothing is cached. */
const requestsSource: Proof = {
  async prove() {
    await using source = startSource();
    const headers = '{"X-Tenant":"seven"}';
    const settings = { SOURCE_URL: source.url, SOURCE_HEADERS: headers, SOURCE_CACHE: "0s", ALLOW_HOSTS: source.host };
    await serving(settings, async (service) => {
      for (let job = 0; job < 2; job += 1) expect(await done(service, BRIEF)).toMatchObject({ status: "completed" });
    });
    expect(source.requested).toEqual(Array(2).fill({ path: "/NSW/Manly", tenant: "seven" }));
  },
};

/** 1,000,000 × 1.24 % × 30 % × 50 % is 1,860; 20 %, 25 % or 250 would make another number of it. */
const provesDiscount = { prove: async () => expect((await discountsAsSet())[0]).toBe("$1,900") };

/** Of src/settings/data-settings.ts. */
export const DATA_PROOFS = {
  inbox: {
    async prove() {
      const inbox = temporaryFolder();
      await Bun.write(join(inbox, "sales.csv"), "Address,Suburb,State,Sold Date\n1 Pine St,Manly,NSW,1/6/2026\n");
      await serving({ INBOX: inbox }, () => until(() => existsSync(join(inbox, "done/sales.csv"))));
    },
  },
  partnersUrl: {
    async prove() {
      const requests: unknown[] = [];
      using peer = Bun.serve({
        hostname: "127.0.0.1",
        port: 0,
        async fetch(request) {
          requests.push(await request.json());
          return Response.json([{ name: "" }]);
        },
      });
      const dataDir = temporaryFolder();
      const rows = join(dataDir, "agents.csv");
      await Bun.write(rows, "id,name,suburb,state\nx,Xanthe,Manly,NSW\n");
      expect((await run(["import", rows, "--data-dir", dataDir])).code).toBe(0);
      const env = { PARTNERS_URL: `http://127.0.0.1:${peer.port}/hook`, ALLOW_HOSTS: `127.0.0.1:${peer.port}` };
      const own = { ...LOCALITY, data: { agents: [{ id: "y", name: "Yusuf" }] } };
      await serving(
        env,
        async (service) => {
          expect(await done(service, LOCALITY)).toMatchObject({ status: "completed" });
          // Also for a request with its own data; what is known of the suburb is not requested again.
          expect(await done(service, own)).toMatchObject({ status: "completed" });
        },
        { dataDir },
      );
      expect(requests).toEqual([
        { suburb: "Manly", state: "NSW" },
        { agent_name: "Xanthe", suburb: "Manly", state: "NSW" },
        { agent_name: "Yusuf", suburb: "Manly", state: "NSW" },
      ]);
    },
  },
  edition: {
    prove: () =>
      serving({ EDITION: "brief" }, async (service) => {
        const { result } = await done(service, { ...inlineJob(1), edition: undefined });
        const pages = await Bun.$`pdfinfo ${result?.delivered_to ?? ""}`.text();
        expect(pages).toMatch(/Pages: +1\n/);
        expect(pages).toContain("841.89 x 595.28");
      }),
  },
  discountShare: provesDiscount,
  discountPart: provesDiscount,
  discountStep: provesDiscount,
  discountMin: { prove: async () => expect((await discountsAsSet())[1]).toBe("$1,000") },
  discountMax: { prove: async () => expect((await discountsAsSet())[2]).toBe("$2,000") },
  completeFront: {
    async prove() {
      expect(await refusedAtStart({ COMPLETE_FRONT: "/no/such.pdf" })).toContain("AGENTLINK_COMPLETE_FRONT");
    },
  },
  completeBack: {
    async prove() {
      expect(await refusedAtStart({ COMPLETE_BACK: import.meta.path })).toContain("AGENTLINK_COMPLETE_BACK");
    },
  },
  sourceUrl: requestsSource,
  sourceHeaders: requestsSource,
  sourceCacheMs: requestsSource,
  domainKey: callsDomain,
  domainUrl: callsDomain,
  domainTownhouses: callsDomain,
  domainClientId: callsDomainByToken,
  domainClientSecret: callsDomainByToken,
  printEmails: {
    needs: ["pdftotext"],
    async prove() {
      const agents = inlineJob(1).data.agents.map((agent, at) => ({ ...agent, email: `agent${at}@agency.example` }));
      const texts = await Promise.all(
        ["no", "yes"].map((printed) =>
          serving({ PRINT_EMAILS: printed }, async (service) => {
            const { result } = await done(service, { ...LOCALITY, data: { as_of: "2026-06-30", agents } });
            return Bun.$`pdftotext ${result?.delivered_to ?? ""} -`.text();
          }),
        ),
      );
      expect(texts.map((text) => text.includes("agent0@agency.example"))).toEqual([false, true]);
    },
  },
} satisfies Partial<Readonly<Record<keyof Config, Proof>>>;
