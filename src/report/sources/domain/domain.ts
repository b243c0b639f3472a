/*
 * Domain (api.domain.com.au) as a source: its calls and their quota, stored responses, and the data set made of them.
 * docs/domain.md describes what a key needs and what a report costs.
 * Not here: other sources.
 */

import { join } from "node:path";
import type { CircuitBreaker } from "../../../outbound/circuit-breaker.ts";
import { describeWait } from "../../../outbound/open-circuit.ts";
import { createOutbound, type Outbound } from "../../../outbound/outbound.ts";
import type { DataSetSource } from "../source.ts";
import { openCache } from "./cache.ts";
import type { Cache } from "./cache-file.ts";
import { createDomainClient, type DomainClient, type DomainRefusal } from "./client.ts";
import { createPictures, type PicturesOptions } from "./pictures.ts";
import { createDomainSource, type DomainSource } from "./source.ts";
import type { DomainCredentials } from "./token.ts";

export interface DomainOptions {
  /** Set by the operator, and so trusted, also on this machine and without https. */
  readonly url: string;
  readonly credentials: DomainCredentials;
  readonly townhouses: "house" | "unit";
  /** A file of the data folder. */
  readonly cachePath: string;
  readonly breaker: CircuitBreaker;
  /** What else is known of suburbs: completes Domain's data. */
  readonly own?: DataSetSource;
  readonly measured?: (outbound: Outbound) => Outbound;
  /** How pictures are fetched from addresses that Domain gives, and drawn; without it reports have monograms. */
  readonly pictures?: Pick<PicturesOptions, "outbound" | "draw">;
  readonly onRefused?: (refusal: DomainRefusal) => void;
  /** Why responses are not stored, or in memory only. */
  readonly onCacheProblem?: (message: string) => void;
}

export interface Domain extends DomainSource {
  readonly client: DomainClient;
  /** Why jobs wait for it, and until when; null where they do not. */
  blockedBy(): string | null;
  /** Whether a stored data set has this id in its agencies, agents or sales. */
  names: Cache["names"];
  close(): void;
}

/** The settings of the service that are Domain's. */
export interface DomainSettings {
  readonly dataDir: string;
  readonly domainKey: string;
  readonly domainClientId: string;
  readonly domainClientSecret: string;
  readonly domainUrl: string;
  readonly domainTownhouses: "house" | "unit";
}

/** Whether Domain is a source. */
export function usesDomain({ domainKey, domainClientId }: DomainSettings): boolean {
  return domainKey !== "" || domainClientId !== "";
}

/** Domain as it is set, null where it is not. */
export function domainOf(
  settings: DomainSettings,
  parts: Pick<DomainOptions, "breaker" | "own" | "measured" | "onRefused" | "onCacheProblem" | "pictures">,
): Domain | null {
  if (!usesDomain(settings)) return null;
  const { domainKey: key, domainClientId: clientId, domainClientSecret: clientSecret } = settings;
  return openDomain({
    url: settings.domainUrl,
    credentials: key === "" ? { clientId, clientSecret } : { key },
    townhouses: settings.domainTownhouses,
    cachePath: join(settings.dataDir, "domain-cache.db"),
    ...parts,
  });
}

/** Opens the source and its cache. */
function openDomain(options: DomainOptions): Domain {
  const { url, credentials, townhouses, breaker, own, measured = (outbound) => outbound, onRefused } = options;
  const { onCacheProblem } = options;
  const cache = openCache({ path: options.cachePath, ...(onCacheProblem && { onProblem: onCacheProblem }) });
  // Only this address is called through it.
  const { host, protocol } = new URL(url);
  const outbound = measured(createOutbound({ allowHosts: [host], allowHttp: protocol === "http:" }));
  const client = createDomainClient({ url, credentials, outbound, breaker, cache, ...(onRefused && { onRefused }) });
  const pictures = options.pictures && createPictures({ ...options.pictures, cache });
  const source = createDomainSource({ client, cache, townhouses, ...(own && { own }), ...(pictures && { pictures }) });
  return {
    ...source,
    client,
    blockedBy() {
      const wait = client.wait();
      return wait === null
        ? describeWait("Domain", breaker.open())
        : `${wait.message} (next attempt ${wait.until.toISOString()})`;
    },
    names: cache.names,
    close: () => cache.close(),
  };
}
