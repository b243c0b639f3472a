import { existsSync } from "node:fs";
import { rename } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { Failure } from "../failure.ts";
import { createOutbound } from "../outbound/outbound.ts";
import type { DataSet } from "../report/data-set.ts";
import { reportDay } from "../report/day.ts";
import { type Locality, resolveSuburb } from "../report/localities/suburbs.ts";
import { preparePicture, withPictures } from "../report/pictures/picture.ts";
import { checkKey, type KeyCheck } from "../report/sources/domain/check.ts";
import type { Domain } from "../report/sources/domain/domain.ts";
import { domainOf } from "../report/sources/domain/domain.ts";
import type { QuotaState } from "../report/sources/domain/quota.ts";
import { createSourceBreaker } from "../report/sources/http.ts";
import type { Config } from "../settings/config.ts";
import { EXIT } from "./exit.ts";
import { messages } from "./messages.ts";
import { requireFolderOf } from "./output-file.ts";

interface DomainOutput {
  readonly out: (line: string) => void;
  readonly err: (line: string) => void;
}

const MANLY = { suburb: "Manly", state: "NSW", postcode: "2095" } as const;
/** A person at a terminal waits so long for a quota; a job in a service waits for any time. */
const LONGEST_WAIT_MS = 120_000;

/** Domain as it is set. @throws Failure "config" where it is not. */
function openDomainFor(config: Config, err: (line: string) => void): Domain {
  const domain = domainOf(config, {
    breaker: createSourceBreaker(),
    // Where no service has made the data folder there is nothing to store.
    onCacheProblem: (message) => void (existsSync(config.dataDir) && err(message)),
    pictures: {
      outbound: createOutbound({ allowHosts: config.allowHosts, allowHttp: config.allowHttp }),
      draw: (dataUri, use) => withPictures(() => preparePicture(dataUri, use)),
    },
  });
  if (domain === null) throw new Failure("config", messages.domainKeyUnset);
  return domain;
}

/** Key, packages, quota and one suburb, in plain words. Returns the exit code: 1 where reports would get no sales. */
export async function domainCheck(
  config: Config,
  { json, out, err }: DomainOutput & { readonly json: boolean },
): Promise<number> {
  const domain = openDomainFor(config, err);
  try {
    const today = reportDay(new Date().toISOString(), MANLY);
    const key = await checkKey(domain.client, MANLY, today);
    const before = domain.client.calls();
    const begun = performance.now();
    const dataSet = await fetchDataSet(domain, MANLY, err);
    const fetched = {
      suburb: "Manly NSW",
      calls: domain.client.calls() - before,
      seconds: Math.round(performance.now() - begun) / 1_000,
      sales: dataSet?.sales?.length ?? 0,
      listings: dataSet?.listings?.length ?? 0,
      agencies: dataSet?.agencies?.length ?? 0,
      agents: dataSet?.agents?.length ?? 0,
    };
    const isEnough = key.parts[0]?.state === "allowed" && fetched.sales > 0;
    if (json) out(JSON.stringify({ ok: isEnough, url: config.domainUrl, ...key, fetched }, null, 2));
    else for (const line of describe(config.domainUrl, key, fetched)) out(line);
    return isEnough ? EXIT.done : EXIT.failed;
  } finally {
    domain.close();
  }
}

interface Fetched {
  readonly suburb: string;
  readonly calls: number;
  readonly seconds: number;
  readonly sales: number;
  readonly listings: number;
  readonly agencies: number;
  readonly agents: number;
}

function describe(url: string, { parts, quota }: KeyCheck, fetched: Fetched): readonly string[] {
  const line = (name: string, text: string) => `  ${name.padEnd(26)}${text}`;
  const { suburb, calls, seconds, sales, listings, agencies, agents } = fetched;
  const effort = calls === 0 ? messages.fromCache : messages.callsTook(calls, seconds);
  return [
    `${new URL(url).host} accepts the key.`,
    ...parts.map(({ part, state, reason }) =>
      line(
        part,
        state === "allowed" ? "allowed" : state === "refused" ? messages.notInPackages(reason) : `failed: ${reason}`,
      ),
    ),
    line("quota", describeQuota(quota)),
    line(suburb, messages.domainCounts(sales, listings, agencies, agents, effort)),
    ...(parts[0]?.state === "allowed" && sales === 0 ? [messages.noManly] : []),
    ...(parts[0]?.state === "allowed" ? [] : [messages.soldListingsMissing]),
  ];
}

/** "480 of 500 calls left today, 55 of 60 this minute". */
export function describeQuota({ dayLeft, dayLimit, minuteLeft, minuteLimit }: QuotaState): string {
  const of = (left: number, limit: number | null) => (limit === null ? String(left) : `${left} of ${limit}`);
  const day = dayLeft === null ? [] : [`${of(dayLeft, dayLimit)} calls left today`];
  const minute = minuteLeft === null ? [] : [`${of(minuteLeft, minuteLimit)} this minute`];
  return [...day, ...minute].join(", ") || messages.callsUnknown;
}

/** The data set of a suburb as a file, or on standard output. @throws Failure "no_data" where Domain has nothing. */
export async function domainFetch(
  config: Config,
  { words, output, out, err }: DomainOutput & { readonly words: readonly string[]; readonly output: string | null },
): Promise<void> {
  const locality = localityOf(words);
  requireFolderOf(output);
  const domain = openDomainFor(config, err);
  try {
    const dataSet = await fetchDataSet(domain, locality, err);
    if (dataSet === null)
      throw new Failure("no_data", messages.domainWithout(locality.suburb, locality.state, locality.postcode));
    const text = JSON.stringify(dataSet, null, 2);
    if (output === null) return out(text);
    const draft = join(dirname(resolve(output)), `.${basename(output)}.${crypto.randomUUID()}`);
    await Bun.write(draft, `${text}\n`, { mode: 0o600 });
    await rename(draft, resolve(output));
    const { sales = [], listings = [], rentals = [], agencies = [], agents = [] } = dataSet;
    out(
      messages.domainWritten(
        output,
        sales.length,
        listings.length,
        rentals.length,
        agencies.length,
        agents.length,
        domain.client.calls(),
      ),
    );
  } finally {
    domain.close();
  }
}

/** "Manly NSW 2095" in one word or several. @throws Failure "unknown_suburb", "unknown_state". */
export function localityOf(words: readonly string[]): Locality {
  return resolveSuburb({ suburb: words.join(" ") });
}

/** Waits for a short pause that Domain requests; what was read before it is stored. */
async function fetchDataSet(
  domain: Domain,
  locality: Parameters<Domain["dataSet"]>[0],
  err: (line: string) => void,
): Promise<DataSet | null> {
  for (;;) {
    try {
      const text = await domain.dataSet(locality);
      return text === null ? null : (JSON.parse(text) as DataSet);
    } catch (error) {
      if (!(error instanceof Failure) || !error.options.uncounted) throw error;
      const waitMs = error.options.retryAfterMs ?? LONGEST_WAIT_MS + 1;
      if (waitMs > LONGEST_WAIT_MS || error.code === "domain_refused") throw error;
      err(`${error.message}: waiting ${Math.ceil(waitMs / 1_000)} s`);
      await Bun.sleep(waitMs);
    }
  }
}
