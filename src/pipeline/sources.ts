// Where the data of jobs comes from, in the order in which it is asked: the operator's own service, Domain, the catalogue.
import { join } from "node:path";
import type { Domain, DomainOptions } from "../report/sources/domain/domain.ts";
import { openDomain } from "../report/sources/domain/domain.ts";
import type { Config } from "../settings/settings.ts";

type DomainSettings = Pick<
  Config,
  "dataDir" | "domainKey" | "domainClientId" | "domainClientSecret" | "domainUrl" | "domainTownhouses"
>;

/** Whether Domain is to be asked. */
export function usesDomain({ domainKey, domainClientId }: DomainSettings): boolean {
  return domainKey !== "" || domainClientId !== "";
}

/** Domain as it is set, null where it is not. @throws Failure "cache". */
export function domainOf(
  config: DomainSettings,
  parts: Pick<DomainOptions, "breaker" | "own" | "measured" | "onRefused">,
): Domain | null {
  if (!usesDomain(config)) return null;
  const { domainKey: key, domainClientId: clientId, domainClientSecret: clientSecret } = config;
  return openDomain({
    url: config.domainUrl,
    credentials: key === "" ? { clientId, clientSecret } : { key },
    townhouses: config.domainTownhouses,
    cachePath: join(config.dataDir, "domain-cache.db"),
    ...parts,
  });
}
