/*
 * The model of the commission document: price bands, rates, and the discount of a featured partner.
 * Pure: the same data set and options give the same model.
 * Not here: sources, and how the document is drawn (render/commission).
 */

import { Failure } from "../../failure.ts";
import type { AreaKind, DataSet, Partner } from "../data-set.ts";
import type { DocumentFacts } from "../documents.ts";
import { headOf } from "../head.ts";
import { findAgency, foldName } from "../identity/named.ts";
import { BANDS, type Band, parseBand } from "../input/price-band.ts";
import { messages } from "../messages.ts";
import type { ReportModel, Tier } from "../model.ts";
import type { ReportOptions } from "../options.ts";
import { activePartners } from "../partners/paid-placements.ts";
import { count } from "../wording.ts";
import { type DiscountRule, discountOf, USUAL_RULE } from "./discount.ts";
import { areaKindOf, partnerRate, type Range, rateText, type Usual, usualMarketing, usualRate } from "./rates.ts";

/** The content of the commission document: what selling usually costs in a price band, and what a partner charges. */
export interface CommissionModel {
  readonly locality: Pick<ReportModel["locality"], "suburb" | "state" | "postcode">;
  /** The day of the request, ISO. */
  readonly date: string;
  readonly sample: boolean;
  readonly branding: ReportModel["branding"];
  readonly preparedFor: { readonly name: string; readonly colour: string | null; readonly logo: string | null } | null;
  readonly band: Band;
  readonly area: { readonly kind: AreaKind; readonly known: boolean };
  /** Null where the operator's table has none for the band. */
  readonly rate: Usual | null;
  readonly marketing: Usual | null;
  /** All bands with data, and the requested one. */
  readonly bands: readonly BandRow[];
  readonly partner: FeaturedPartner | null;
  /** Null without a featured partner, or without any rate to work it out from. */
  readonly discount: number | null;
  readonly rule: DiscountRule;
  /** As printed, for the job's status; "" for a missing value. */
  readonly facts: Required<DocumentFacts>;
}

export interface BandRow {
  readonly label: string;
  readonly rate: Usual | null;
  readonly marketing: Usual | null;
  readonly isRequested: boolean;
}

/** A featured partner of the suburb, who pays to be shown. */
export interface FeaturedPartner {
  readonly name: string;
  readonly agencyName: string | null;
  readonly tier: Tier;
  readonly photo: string | null;
  readonly logo: string | null;
  /** The partner's own; null where the usual one is the partner's, too. */
  readonly rate: Range | null;
}

/**
 * Computes the commission document of a price band. Pure. Rates are the partner's for the band and state, else the
 * operator's for state and band, else the operator's for the kind of area and band.
 * @throws Failure "no_band" (permanent) where the request names no band.
 */
export function buildCommission(dataSet: DataSet, options: ReportOptions): CommissionModel {
  const band = parseBand(options.homeOwnerPricing ?? "");
  if (band === null) throw new Failure("no_band", messages.needsPriceBand);
  const { suburb, state, postcode, date, discount: rule = USUAL_RULE } = options;
  const rates = dataSet.commission_rates ?? [];
  const area = areaKindOf(dataSet.area_kinds ?? [], { suburb, state, postcode });
  const rate = usualRate(rates, state, area.kind, band.label);
  const featured = featuredOf(dataSet, options, band);
  const partner = featured === null ? null : describe(featured, dataSet, partnerRate(featured, state, band.label));
  const effective = partner?.rate ?? rate;
  const discount = partner === null || effective === null ? null : discountOf(band, effective.from, rule);
  const rows = BANDS.map(({ label }) => ({
    label,
    rate: usualRate(rates, state, area.kind, label),
    marketing: usualMarketing(rates, state, area.kind, label),
    isRequested: label === band.label,
  }));
  return {
    ...headOf(dataSet, options),
    date,
    preparedFor: preparedForOf(dataSet, options),
    band,
    area,
    rate,
    marketing: usualMarketing(rates, state, area.kind, band.label),
    bands: rows.filter((row) => row.isRequested || row.rate !== null || row.marketing !== null),
    partner,
    discount,
    rule,
    facts: {
      commission_rate: effective === null ? "" : rateText(effective),
      discount: discount === null ? "" : `$${count(discount)}`,
    },
  };
}

/** The featured partner of the highest tier; of several, one with rates of the partner's own for the band. */
function featuredOf(
  { partners = [], agents = [] }: DataSet,
  { date, state }: ReportOptions,
  band: Band,
): Partner | null {
  const hidden = agents.filter(({ hidden }) => hidden === true);
  const featured = activePartners(partners, date).filter(
    (partner) =>
      (partner.tier ?? "standard") !== "standard" &&
      !hidden.some(({ id, name }) =>
        partner.agent_id == null ? foldName(name) === foldName(partner.agent) : partner.agent_id === id,
      ),
  );
  const [first] = featured;
  if (first === undefined) return null;
  const best = featured.filter(({ tier }) => tier === first.tier);
  return best.find((partner) => partnerRate(partner, state, band.label) !== null) ?? first;
}

function describe(partner: Partner, { agents = [], agencies = [] }: DataSet, rate: Range | null): FeaturedPartner {
  const agent = agents.find(({ id, name }) =>
    partner.agent_id == null ? foldName(name) === foldName(partner.agent) : partner.agent_id === id,
  );
  const agencyId = agent?.agency_id ?? partner.agency_id;
  const agency = agencies.find(
    ({ id, name }) => id === agencyId || (agencyId == null && foldName(name) === foldName(partner.agency ?? "")),
  );
  return {
    name: agent?.name ?? partner.agent,
    agencyName: agency?.name ?? partner.agency ?? null,
    tier: partner.tier ?? "standard",
    photo: partner.photo ?? agent?.photo ?? null,
    logo: partner.logo ?? agency?.logo ?? null,
    rate,
  };
}

function preparedForOf({ agencies = [] }: DataSet, { preparedFor }: ReportOptions): CommissionModel["preparedFor"] {
  const agency = findAgency(new Map(agencies.map((each) => [each.id, each])), preparedFor);
  return agency === null ? null : { name: agency.name, colour: agency.colour ?? null, logo: agency.logo ?? null };
}
