// The permissions of a key of Domain's API, found by sending one request of each kind.
import { asFailure, Failure } from "../../../failure.ts";
import type { DomainClient } from "./client.ts";
import {
  AUCTION_DAY,
  addressLocators,
  agencyRecord,
  currentSearch,
  type DomainCall,
  type DomainLocality,
  disclaimers,
  soldSearch,
  suburbPerformance,
} from "./endpoints.ts";
import { type DomainPart, PARTS } from "./gather.ts";
import { collectListings } from "./mapping.ts";
import { soldWindows } from "./pages.ts";
import { agencyIds } from "./people.ts";
import type { QuotaState } from "./quota.ts";
import type { DomainAgency, SoldPage } from "./responses.ts";

export interface PartCheck {
  /** As a report's Coverage names it. */
  readonly part: string;
  readonly state: "allowed" | "refused" | "failed";
  /** Why, where it is not allowed. */
  readonly reason: string | null;
}

export interface KeyCheck {
  readonly parts: readonly PartCheck[];
  readonly quota: QuotaState;
}

/**
 * Requests a little of everything from Domain a report uses, whatever is cached. Seven calls.
 * @throws Failure where the key itself is refused, the quota spent or Domain away.
 */
export async function checkKey(
  client: DomainClient,
  locality: DomainLocality & { readonly postcode: string },
  today: string,
): Promise<KeyCheck> {
  let sold: SoldPage | null = null;
  const check = async (
    part: DomainPart,
    call: DomainCall,
    read: (value: unknown) => void = () => {},
  ): Promise<PartCheck> => {
    const name = PARTS[part];
    try {
      read(await client.request(call, { again: true }));
      return { part: name, state: "allowed", reason: null };
    } catch (error) {
      const failure = asFailure(error);
      if (failure.code === "domain_package")
        return { part: name, state: "refused", reason: String(failure.options.details?.reason ?? "") };
      if (!(error instanceof Failure) || failure.code === "domain_refused" || client.isAway()) throw error;
      return { part: name, state: "failed", reason: failure.message };
    }
  };
  // The first alone: a wrong key is then refused once, and not seven times.
  const first = await check("sold", soldSearch(locality, soldWindows(today).open, 1, false), (value) => {
    sold = value as SoldPage | null;
  });
  const [agency] = agencyIds(collectListings((sold as SoldPage | null)?.results ?? []), []);
  const others = await Promise.all([
    check("forSale", currentSearch(locality, "Sale", null, 1)),
    ...(agency === undefined ? [] : [check("agencies", agencyRecord(agency), (value) => void (value as DomainAgency))]),
    check("market", suburbPerformance(locality, "House", null)),
    check("profile", addressLocators(locality)),
    check("disclaimers", disclaimers(locality.state)),
    check("auctions", AUCTION_DAY),
  ]);
  return { parts: [first, ...others], quota: client.quota() };
}
