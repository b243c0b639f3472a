// What Domain publishes of a Saturday's auctions in five cities. It is one week's, so it makes no rate of a year: a report
// lists it under Coverage, and takes from it how a sale of that day was made.

import { compareText } from "../../../text/text.ts";
import type { SaleMethod, State } from "../../data-set.ts";
import { suburbKey } from "../../gazetteer/key.ts";
import { longDate } from "../../wording.ts";
import { messages } from "../messages.ts";
import type { AuctionDay, AuctionResult } from "./responses.ts";
import { dayOf, idOf, listOf, text } from "./values.ts";

/** The city whose results a state's suburbs are among; none for the others. */
const CITIES: Readonly<Partial<Record<State, string>>> = {
  NSW: "Sydney",
  VIC: "Melbourne",
  QLD: "Brisbane",
  SA: "Adelaide",
  ACT: "Canberra",
};

export function auctionCityOf(state: State): string | null {
  return CITIES[state] ?? null;
}

export type AuctionOutcome = "sold at auction" | "sold before" | "sold after" | "passed in" | "withdrawn";

/** Their OpenAPI document does not list the codes: these are the usual ones of results that newspapers print. */
const CODES: Readonly<Record<string, AuctionOutcome>> = {
  ...byCode("sold at auction", "SD S SN"),
  ...byCode("sold before", "SP PN"),
  ...byCode("sold after", "SA SS"),
  ...byCode("passed in", "PI VB NB"),
  ...byCode("withdrawn", "WD W"),
};

const METHODS: Readonly<Partial<Record<AuctionOutcome, SaleMethod>>> = {
  "sold at auction": "auction",
  "sold before": "sold_prior",
  "sold after": "sold_after",
};

export interface Results {
  /** Of the sales that the results have, by Domain's ids. */
  readonly methods: ReadonlyMap<string, SaleMethod>;
  /** What there was in the suburb, in a sentence; null where nothing was. */
  readonly note: string | null;
}

/** The results of a suburb. Repeated rows count once; an unknown code is named and counts for nothing. */
export function readResults(
  locality: { readonly suburb: string; readonly state: State },
  head: AuctionDay | null,
  rows: readonly AuctionResult[] | null,
): Results {
  const day = dayOf(head?.auctionedDate);
  const own = new Map<string, string | null>();
  for (const row of listOf(rows)) {
    const [suburb, state] = [text(row.suburb), text(row.state)];
    if (suburb === null || suburbKey(suburb) !== suburbKey(locality.suburb)) continue;
    if (state !== null && state.toUpperCase() !== locality.state) continue;
    const key = idOf(row.id) ?? [row.unitNumber, row.streetNumber, row.streetName].map((part) => text(part)).join(" ");
    const code = text(row.result, 20);
    if (compareText(code ?? "", own.get(key) ?? "") >= 0) own.set(key, code);
  }
  const counts = new Map<string, number>();
  const methods = new Map<string, SaleMethod>();
  for (const [key, code] of own) {
    const outcome = outcomeOf(code);
    const name = outcome ?? (code === null ? "not reported" : `another result (${code})`);
    counts.set(name, (counts.get(name) ?? 0) + 1);
    const method = outcome === null ? undefined : METHODS[outcome];
    if (method !== undefined && /^\d+$/.test(key)) methods.set(key, method);
  }
  const parts = [...counts].sort(([a], [b]) => compareText(a, b)).map(([name, count]) => `${count} ${name}`);
  return {
    methods,
    note: day === null || own.size === 0 ? null : messages.auctions(longDate(day), locality.suburb, parts.join(", ")),
  };
}

/** The meaning of a code; null for an unknown one. */
export function outcomeOf(code: string | null): AuctionOutcome | null {
  const bare = (code ?? "").toUpperCase().replace(/[^A-Z]/g, "");
  return CODES[bare] ?? CODES[bare.replace(/^AU(?=.)/, "")] ?? null;
}

function byCode(outcome: AuctionOutcome, codes: string): Readonly<Record<string, AuctionOutcome>> {
  return Object.fromEntries(codes.split(" ").map((code) => [code, outcome]));
}
