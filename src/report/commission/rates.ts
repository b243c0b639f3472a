import { compareText } from "../../text/text.ts";
import type { AreaKind, AreaKindRow, CommissionRate, Partner, State } from "../data-set.ts";
import { suburbKey } from "../gazetteer/key.ts";

/** From the lowest to the highest, in per cent or in whole dollars. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/** What is usual, and whose rate it is: the state's, or that of the kind of area. */
export interface Usual extends Range {
  readonly of: "state" | "area_kind";
}

interface RatedSuburb {
  readonly suburb: string;
  readonly state: State;
  readonly postcode: string | null;
}

/** The kind of area of a locality, from the most specific row; a suburb without one. */
export function areaKindOf(
  rows: readonly AreaKindRow[],
  { suburb, state, postcode }: RatedSuburb,
): { readonly kind: AreaKind; readonly known: boolean } {
  const key = suburbKey(suburb);
  const fitting = rows.filter(
    (row) =>
      (row.postcode != null || row.suburb != null) &&
      (row.postcode == null || row.postcode === postcode) &&
      (row.suburb == null || suburbKey(row.suburb) === key) &&
      (row.state == null || row.state === state),
  );
  // A suburb is more specific than a postcode, which others share.
  const weight = (row: AreaKindRow) =>
    (row.suburb == null ? 0 : 4) + (row.postcode == null ? 0 : 2) + (row.state == null ? 0 : 1);
  const [best] = fitting.toSorted(
    (a, b) => weight(b) - weight(a) || compareText(a.kind, b.kind) || compareText(JSON.stringify(a), JSON.stringify(b)),
  );
  return { kind: best?.kind ?? "suburb", known: best !== undefined };
}

/** The operator's rate for a band: that of the state, else that of the kind of area; null where there is neither. */
export function usualRate(rates: readonly CommissionRate[], state: State, kind: AreaKind, band: string): Usual | null {
  return usual(rates, state, kind, band, ({ rate_from, rate_to }) => [rate_from, rate_to]);
}

/** The same of the marketing cost. */
export function usualMarketing(
  rates: readonly CommissionRate[],
  state: State,
  kind: AreaKind,
  band: string,
): Usual | null {
  return usual(rates, state, kind, band, ({ marketing_from, marketing_to }) => [marketing_from, marketing_to]);
}

function usual(
  rates: readonly CommissionRate[],
  state: State,
  kind: AreaKind,
  band: string,
  read: (rate: CommissionRate) => readonly [number | null | undefined, number | null | undefined],
): Usual | null {
  const rangeOf = (fits: (rate: CommissionRate) => boolean): Range | null => {
    const found = rates
      .filter((rate) => rate.band === band && fits(rate))
      .flatMap((rate) => {
        const [from, to] = read(rate);
        return from == null ? [] : [{ from, to: to ?? from }];
      });
    // Several rows of one band are one range.
    return found.length === 0
      ? null
      : { from: Math.min(...found.map(({ from }) => from)), to: Math.max(...found.map(({ to }) => to)) };
  };
  const ofState = rangeOf((rate) => rate.state === state);
  if (ofState !== null) return { ...ofState, of: "state" };
  const ofKind = rangeOf((rate) => rate.state == null && rate.area_kind === kind);
  return ofKind === null ? null : { ...ofKind, of: "area_kind" };
}

/** A partner's own rate for a band: that for the state, else one for every state; null where there is none. */
export function partnerRate({ rates = [] }: Pick<Partner, "rates">, state: State, band: string): Range | null {
  const own = rates.filter((rate) => rate.band === band);
  const found = own.find((rate) => rate.state === state) ?? own.find((rate) => rate.state === undefined);
  return found === undefined ? null : { from: found.rate_from, to: found.rate_to };
}

/** "1.80-1.98%", "1.80%" where both are the same. */
export function rateText({ from, to }: Range): string {
  const [low, high] = [hundredths(from), hundredths(to)];
  return low === high ? `${low}%` : `${low}-${high}%`;
}

/** Halves up: 1.005 comes as 1.00499999999999989, and is 1.01. */
function hundredths(rate: number): string {
  return (Math.round(Number((rate * 100).toPrecision(12))) / 100).toFixed(2);
}
