// Where the data of jobs comes from, in the order of the sources: the operator's own service, Domain, the catalogue.
import type { CircuitBreaker } from "../outbound/circuit-breaker.ts";
import { describeOpen, describeWait, type OpenCircuit } from "../outbound/open-circuit.ts";
import { type Outbound, requireAllowed } from "../outbound/outbound.ts";
import { type AddressedPictures, createAddressedPictures } from "../report/sources/addressed-pictures.ts";
import type { CheckedDataSet } from "../report/sources/checked-data-set.ts";
import { type DomainOptions, type DomainSettings, domainOf } from "../report/sources/domain/domain.ts";
import { createHttpSource, createSourceBreaker, sourceAddress } from "../report/sources/http.ts";
import { createPartnersSource, type PartnersSource } from "../report/sources/partners.ts";
import type { DataSetSource } from "../report/sources/source.ts";
import type { Config } from "../settings/config.ts";

type SourceSettings = DomainSettings & Pick<Config, "sourceUrl" | "sourceHeaders" | "sourceCacheMs" | "partnersUrl">;

export interface SourcesOptions {
  readonly catalogue: DataSetSource;
  /** Checks what the operator's own service sent. */
  readonly check: (text: string) => Promise<CheckedDataSet>;
  /** To addresses that others gave. */
  readonly outbound: Outbound;
  /** Draws a picture, in a thread. */
  readonly draw: NonNullable<DomainOptions["pictures"]>["draw"];
  readonly measured: (outbound: Outbound, name: string) => Outbound;
  /** Called when a circuit opens, and with null when it closes. */
  readonly onChange: (name: "source" | "domain", open: OpenCircuit | null) => void;
  /** Called with the reason why no partners are available. */
  readonly onPartnersProblem: (reason: string) => void;
  readonly onRefused: NonNullable<DomainOptions["onRefused"]>;
  readonly onCacheProblem: (message: string) => void;
}

export interface Sources {
  /** In the order in which they are queried. */
  readonly all: readonly DataSetSource[];
  /** What fetches photos and logos that data sets name by their addresses. */
  readonly pictures: AddressedPictures;
  /** Where a suburb's partners come from; null for no partners. */
  readonly partners: PartnersSource | null;
  /** Of those that can be away, by the names that failures have for them. */
  readonly breakers: ReadonlyMap<string, CircuitBreaker>;
  /** What jobs wait for, and until when; null when nothing is in the way. */
  waitingFor(): string | null;
  /** What is wrong with one, or null. */
  problem(): string | null;
  /** What is left of Domain's calls today; null where it is not used, or has not stated it. */
  quota(): { readonly left: number; readonly limit: number | null } | null;
  /** Lets the next job through to each that is paused for a while. */
  probeNow(): void;
  close(): void;
}

/** By which the address of the operator's own service is checked at the start. */
const SOME_SUBURB = { suburb: "Manly", state: "NSW", postcode: "2095" } as const;

/** Opens the sources that are set. @throws Failure "config" for an address that may not be connected to. */
export function openSources(config: SourceSettings, options: SourcesOptions): Sources {
  const { catalogue, check, outbound, draw, measured, onChange, onRefused, onCacheProblem, onPartnersProblem } =
    options;
  requireAllowed(outbound, {
    AGENTLINK_PARTNERS_URL: config.partnersUrl,
    AGENTLINK_SOURCE_URL: config.sourceUrl && sourceAddress(config.sourceUrl, SOME_SUBURB),
  });
  const ownBreaker = createSourceBreaker({ onChange: (open) => onChange("source", open) });
  const domainBreaker = createSourceBreaker({ name: "domain", onChange: (open) => onChange("domain", open) });
  const domain = domainOf(config, {
    breaker: domainBreaker,
    own: catalogue,
    measured: (domains) => measured(domains, "domain"),
    onRefused,
    onCacheProblem,
    pictures: { outbound, draw },
  });
  const own = ownSource(config, measured(outbound, "source"), ownBreaker, check);
  return {
    all: [...own, ...(domain === null ? [] : [domain]), catalogue],
    pictures: createAddressedPictures({ outbound: measured(outbound, "pictures"), draw }),
    partners:
      config.partnersUrl === null
        ? null
        : createPartnersSource({
            ...{ url: config.partnersUrl, cacheMs: config.sourceCacheMs, draw, onProblem: onPartnersProblem },
            outbound: measured(outbound, "partners"),
          }),
    breakers: new Map([
      ...(config.sourceUrl === null ? [] : [["source", ownBreaker] as const]),
      ...(domain === null ? [] : [["domain", domainBreaker] as const]),
    ]),
    waitingFor: () => describeWait("the data source", ownBreaker.open()) ?? domain?.blockedBy() ?? null,
    problem: () => describeOpen(ownBreaker.open()) ?? describeOpen(domainBreaker.open()),
    quota() {
      const { dayLeft: left = null, dayLimit: limit = null } = domain?.client.quota() ?? {};
      return left === null ? null : { left, limit };
    },
    probeNow() {
      domain?.client.probeNow();
      ownBreaker.probeNow();
    },
    close: () => domain?.close(),
  };
}

/** The operator's own service, where there is one. */
function ownSource(
  { sourceUrl: url, sourceHeaders: headers, sourceCacheMs: cacheMs }: SourceSettings,
  outbound: Outbound,
  breaker: CircuitBreaker,
  check: SourcesOptions["check"],
): readonly DataSetSource[] {
  return url === null ? [] : [createHttpSource({ url, headers, cacheMs, outbound, breaker, check })];
}
