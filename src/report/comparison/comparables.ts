// A property and the sales comparable with it: context for an owner, not a valuation.

import { compareText } from "../../text/text.ts";
import { toIso } from "../figures/days.ts";
import type { Deal } from "../figures/deal.ts";
import { computed, quantile, suppressBelow } from "../figures/figure.ts";
import { daysOnMarket, medianPrice, pricesOf } from "../figures/price.ts";
import { kilometres } from "../gazetteer/neighbours.ts";
import { addressKey, propertyKey } from "../identity/address.ts";
import { messages } from "../messages.ts";
import type { Comparables } from "../model.ts";
import { describeTypes, isOfType, typesOf } from "../request/property-type.ts";
import type { Subject } from "../request/request.ts";
import { saleRow } from "../sections/rows.ts";
import { leftOutUnknown, type Unknown } from "../selection/left-out.ts";
import type { ReportScope } from "../selection/scope.ts";
import { asPrinted, count, longDate, money, plural } from "../wording.ts";

const ROWS = 12;
/** Kilometres, where the request names none. */
const USUAL_RADIUS_KM = 2;
/** The difference in bedrooms above which homes are not comparable. */
const BEDROOMS = 1;
/** The part by which the sale price may differ from the expected price. */
const PRICE_PART = 0.25;
/** From half to twice the land. */
const LAND_FACTOR = 2;
const MIN_FOR_QUARTILES = 5;

/** Null where the request has no property. */
export function comparables(scope: ReportScope): Comparables | null {
  const subject = scope.options.subject ?? null;
  if (subject === null) return null;
  const { suburb } = scope.options;
  const own = addressKey(subject.address, suburb) === null ? null : propertyKey({ address: subject.address }, suburb);
  const itself = ({ property }: Deal) => property === own;
  const judge = createJudge(subject);
  const unknown = new Map<Unknown, number>();
  const alike = scope.sold.flatMap((deal) => {
    const km = distance(subject, deal);
    const verdict = itself(deal) ? false : judge(deal, km);
    if (typeof verdict === "string") unknown.set(verdict, (unknown.get(verdict) ?? 0) + 1);
    return verdict === true ? [{ deal, km }] : [];
  });
  alike.sort(byLikeness(subject));
  const deals = alike.map(({ deal }) => deal);
  const prices = pricesOf(deals);
  const quartile = (q: number) => suppressBelow(MIN_FOR_QUARTILES, computed(quantile(prices, q), prices.length));
  return {
    address: subject.address,
    described: describe(subject),
    rule: ruleOf(subject),
    total: deals.length,
    median: medianPrice(deals),
    lower: quartile(0.25),
    upper: quartile(0.75),
    daysOnMarket: daysOnMarket(deals),
    rows: alike.slice(0, ROWS).map(({ deal, km }) => ({ ...saleRow(scope, deal), km })),
    notes: [...scope.sold.filter(itself).map(soldItself), ...leftOutUnknown(unknown, "sale").map((text) => `${text}.`)],
  };
}

function distance({ lat, lon }: Subject, { sale }: Deal): number | null {
  if (lat === undefined || lon === undefined || sale.lat == null || sale.lon == null) return null;
  return kilometres({ latitude: lat, longitude: lon }, { latitude: sale.lat, longitude: sale.lon });
}

/** Whether a sale is comparable with the property; or the unknown value that the decision needs. */
function createJudge(subject: Subject): (deal: Deal, km: number | null) => boolean | Unknown {
  const { property_type, bedrooms, price, land_area, lat } = subject;
  const types = property_type === undefined ? null : typesOf([property_type]);
  const radius = lat === undefined ? null : radiusOf(subject);
  const within = ([low, high]: Span) => {
    return (value: number) => value >= low && value <= high;
  };
  const prices = within(pricesLike(price ?? 0));
  const lands = within(landsLike(land_area ?? 0));
  return ({ sale, price: sold }, km) => {
    const isOf = types === null || isOfType(types, sale);
    if (isOf === false) return false;
    const tests: readonly (readonly [Unknown, number | null | undefined, boolean, (value: number) => boolean])[] = [
      ["bedrooms", sale.beds, bedrooms !== undefined, (beds) => Math.abs(beds - (bedrooms ?? 0)) <= BEDROOMS],
      ["price", sold, price !== undefined, prices],
      ["landArea", sale.land_sqm || null, land_area !== undefined, lands],
      ["position", km, radius !== null, (far) => far <= (radius ?? 0)],
    ];
    // A house that may be a townhouse does not meet the rule.
    let missing: Unknown | null = isOf === "unknown" ? "type" : null;
    for (const [what, value, requested, passes] of tests) {
      if (!requested) continue;
      if (value == null) missing ??= what;
      else if (!passes(value)) return false;
    }
    return missing ?? true;
  };
}

type Span = readonly [low: number, high: number];

/** The lowest and the highest comparable price, as printed in the rule. */
function pricesLike(price: number): Span {
  return [asPrinted(price * (1 - PRICE_PART)), asPrinted(price * (1 + PRICE_PART))];
}

/** The same of land, in whole square metres. */
function landsLike(land: number): Span {
  return [Math.round(land / LAND_FACTOR), Math.round(land * LAND_FACTOR)];
}

function radiusOf({ radius_km = USUAL_RADIUS_KM }: Subject): number {
  return radius_km;
}

/** Fewer bedrooms apart, then nearer, then newer. */
function byLikeness({ bedrooms }: Subject) {
  const apart = ({ sale }: Deal) => (bedrooms === undefined ? 0 : Math.abs((sale.beds ?? 0) - bedrooms));
  type Alike = { readonly deal: Deal; readonly km: number | null };
  return (a: Alike, b: Alike): number =>
    apart(a.deal) - apart(b.deal) ||
    (a.km ?? 0) - (b.km ?? 0) ||
    b.deal.day - a.deal.day ||
    compareText(a.deal.id, b.deal.id);
}

function describe({ bedrooms, bathrooms, carspaces, land_area, price }: Subject): string {
  return [
    ...(bedrooms === undefined ? [] : [plural(bedrooms, "bedroom")]),
    ...(bathrooms === undefined ? [] : [plural(bathrooms, "bathroom")]),
    ...(carspaces === undefined ? [] : [plural(carspaces, "car space")]),
    ...(land_area === undefined ? [] : [`${count(land_area)} m² of land`]),
    ...(price === undefined ? [] : [`about ${money(price)}`]),
  ].join(", ");
}

function ruleOf(subject: Subject): string {
  const { property_type, bedrooms, price, land_area, lat } = subject;
  const rules = [
    ...(lat === undefined ? [] : [messages.withinDistance(radiusOf(subject))]),
    ...(bedrooms === undefined
      ? []
      : [messages.bedroomsBetween(Math.max(0, bedrooms - BEDROOMS), bedrooms + BEDROOMS)]),
    ...(land_area === undefined ? [] : [messages.landBetween(...both(landsLike(land_area), count))]),
    ...(price === undefined ? [] : [messages.soldBetween(...both(pricesLike(price), money))]),
  ];
  const what = property_type === undefined ? "sales" : `sales of ${describeTypes([property_type])}`;
  return messages.comparableRules(
    [messages.salesIn12Months(what), ...rules].join(", "),
    [
      ...(bedrooms === undefined ? [] : [messages.byBedrooms]),
      ...(lat === undefined ? [] : [messages.byDistance]),
      messages.byDate,
    ].join(", then "),
  );
}

function both([low, high]: Span, format: (value: number) => string): [low: string, high: string] {
  return [format(low), format(high)];
}

function soldItself({ day, price }: Deal): string {
  const sum = price === null ? messages.undisclosedPrice : `for ${money(price)}`;
  return messages.subjectSold(longDate(toIso(day)), sum);
}
