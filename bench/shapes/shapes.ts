import { portrait } from "../pictures.ts";
import { served } from "./data-service.ts";
import { agencyName, agentName, dealsOf } from "./deals.ts";
import { archive, domainSearch, domainStatistics, reaxml, register, table, workbook } from "./formats.ts";
import {
  BRAND,
  current,
  localityOf,
  manly,
  of,
  ofAgency,
  QUARTERS,
  rates,
  rentals,
  saturdays,
  since,
} from "./orders.ts";
import { bonds, southAustralia, victoriaQuarters, victoriaYears } from "./publications.ts";
import * as towns from "./towns.ts";

type Content = string | Uint8Array;

/** What is imported, by the file's name, and what is requested then. */
export interface Shape {
  readonly files?: () => Readonly<Record<string, Content | Promise<Content>>>;
  readonly request: () => Readonly<Record<string, unknown>>;
}

/** Forty and more reports as people would order them, from data in the forms and sizes that it really has; invented. */
export const SHAPES: Readonly<Record<string, Shape>> = {
  "register, city suburb": {
    files: () => ({ "2026.DAT": register(dealsOf(towns.PARRAMATTA), "2026-11-01") }),
    ...of(towns.PARRAMATTA),
  },
  "register, coast": {
    files: () => ({ "2026.DAT": register(dealsOf(towns.MANLY), "2026-11-01") }),
    ...of(towns.MANLY),
  },
  "register, land estate": {
    files: () => ({ "2026.DAT": register(dealsOf(towns.MARSDEN_PARK), "2026-11-01") }),
    ...of(towns.MARSDEN_PARK),
  },
  "register, three sales a year": {
    files: () => ({ "all.DAT": register(dealsOf(towns.TIBOOBURRA), "2026-11-01") }),
    ...of(towns.TIBOOBURRA),
  },
  "register, archive of the nineties": {
    files: () => ({
      "ARCHIVE_SALES_1999.DAT": archive(
        dealsOf({ ...towns.ORANGE, house: 140_000, from: "1996-01-01", to: "1999-12-31" }),
      ),
    }),
    ...of(towns.ORANGE),
  },
  "register and an agency's own sales": {
    files: () => {
      const deals = dealsOf(towns.ORANGE);
      return {
        "2026.DAT": register(deals, "2026-11-01"),
        "sold.csv": table("rpdata", [...ofAgency(deals, 0), ...ofAgency(deals, 1)]),
      };
    },
    ...of(towns.ORANGE, { prepared_for: agencyName(0), branding: BRAND }),
  },
  "register and bonds": {
    files: () => ({
      "2026.DAT": register(dealsOf(towns.MANLY), "2026-11-01"),
      "rentalbond_lodgements_may_2026.xlsx": bonds("2095", "2026-05", 160, 1_800, 900),
      "rentalbond_lodgements_june_2026.xlsx": bonds("2095", "2026-06", 140, 1_850, 930),
    }),
    ...of(towns.MANLY),
  },
  "RP Data export, a year": {
    files: () => ({ "export.csv": table("rpdata", since(dealsOf(towns.MANLY), "2025-08-01")) }),
    ...of(towns.MANLY, { prepared_for: agencyName(1) }),
  },
  "CRM, nine sales with semicolons": {
    files: () => ({ "crm.csv": table("rpdata", since(dealsOf(towns.FAIRLIGHT), "2026-08-01").slice(0, 9), ";") }),
    ...of(towns.FAIRLIGHT),
  },
  "VaultRE, one agency's sales": {
    files: () => ({ "sold.csv": table("vaultre", ofAgency(dealsOf({ ...towns.NORWOOD, agencies: 1 }), 0)) }),
    ...of(towns.NORWOOD, { prepared_for: agencyName(0) }),
  },
  "Agentbox workbook without agencies": {
    files: () => ({ "report.xlsx": workbook("agentbox", dealsOf(towns.BALGOWLAH)) }),
    ...of(towns.BALGOWLAH),
  },
  "one agent's spreadsheet": {
    files: () => ({
      "My sales.csv": table(
        "sheet",
        dealsOf({ ...towns.HUONVILLE, perYear: 7, from: "2022-11-01", agencies: 1, oneOffs: 0 }),
      ),
    }),
    ...of(towns.HUONVILLE),
  },
  "Apify's Domain, flat": {
    files: () => ({ "domain.csv": table("apify", dealsOf(towns.RESERVOIR)) }),
    ...of(towns.RESERVOIR),
  },
  "Domain, sold and for sale with statistics": {
    files: () => {
      const deals = dealsOf({ ...towns.RICHMOND, from: "2023-06-01" });
      return {
        "search.json": domainSearch(since(deals, "2024-10-01"), current(towns.RICHMOND)),
        "house.json": domainStatistics(deals, "House", QUARTERS),
        "unit.json": domainStatistics(deals, "Unit", QUARTERS),
      };
    },
    ...of(towns.RICHMOND, { prepared_for: agencyName(2), branding: { name: agencyName(2), colour: "#b3273f" } }),
  },
  "Domain, a quiet coast": {
    files: () => ({ "search.json": domainSearch(dealsOf(towns.NOOSAVILLE), current(towns.NOOSAVILLE)) }),
    ...of(towns.NOOSAVILLE),
  },
  "Domain, statistics alone": {
    files: () => ({
      "house.json": domainStatistics(dealsOf({ ...towns.BRADDON, from: "2023-06-01" }), "House", QUARTERS),
      "unit.json": domainStatistics(dealsOf({ ...towns.BRADDON, from: "2023-06-01" }), "Unit", QUARTERS),
    }),
    ...of(towns.BRADDON),
  },
  "Saturdays' auctions alone": { files: () => saturdays(dealsOf(towns.RESERVOIR)), ...of(towns.RESERVOIR) },
  "REAXML of an agency, sales and listings": {
    files: () => ({
      "GULLRE_2026-11-01.xml": reaxml(
        ofAgency(dealsOf({ ...towns.NORWOOD, perYear: 400 }), 0),
        current(towns.NORWOOD, 0.2),
      ),
    }),
    ...of(towns.NORWOOD),
  },
  "REAXML of the country": {
    files: () => ({ "feed.xml": reaxml(since(dealsOf(towns.HUONVILLE), "2025-10-01"), current(towns.HUONVILLE, 0.4)) }),
    ...of(towns.HUONVILLE),
  },
  "REAXML to let": {
    files: () => ({ "feed.xml": reaxml([], [], ofAgency(rentals({ ...towns.NORWOOD, agencies: 2 }), 0)) }),
    ...of(towns.NORWOOD, { report: "agency" }),
  },
  "Victoria's quarters alone": {
    files: () => ({
      "median-house-q4-2025.csv": victoriaQuarters({
        Abbotsford: [1_230_000, 12],
        Richmond: [1_520_000, 71],
        Toorak: [5_400_000, 24],
      }),
      "median-unit-q4-2025.csv": victoriaQuarters({
        Abbotsford: [590_000, 31],
        Richmond: [640_000, 116],
        Toorak: [1_150_000, 40],
      }),
    }),
    request: () => ({ suburb: "Abbotsford", state: "VIC" }),
  },
  "Victoria's years alone": {
    files: () => ({
      "houses-by-suburb-2015-2025.csv": victoriaYears("Richmond", 1_050_000),
      "units-by-suburb-2015-2025.csv": victoriaYears("Richmond", 520_000),
      "land-by-suburb-2015-2025.csv": victoriaYears("Richmond", 900_000),
    }),
    ...of(towns.RICHMOND),
  },
  "Victoria's quarters and sales": {
    files: () => ({
      "median-house-q4-2025.csv": victoriaQuarters({ Richmond: [1_520_000, 71] }),
      "median-unit-q4-2025.csv": victoriaQuarters({ Richmond: [640_000, 116] }),
      "domain.csv": table("apify", since(dealsOf(towns.RICHMOND), "2025-06-01")),
    }),
    ...of(towns.RICHMOND),
  },
  "South Australia's houses alone": {
    files: () => ({ "house-sales-3q2026.xlsx": southAustralia("Norwood", "NORWOOD PAYNEHAM & ST PETERS") }),
    ...of(towns.NORWOOD),
  },
  "bonds alone": {
    files: () =>
      Object.fromEntries(
        ["05", "06", "07", "08", "09", "10"].map((month) => [
          `bonds-2026-${month}.xlsx`,
          bonds("2800", `2026-${month}`, 190, 620, 410),
        ]),
      ),
    ...of(towns.ORANGE),
  },
  "data service, everything known": {
    request: () => ({ ...localityOf(towns.MANLY), prepared_for: agencyName(1), branding: BRAND, data: manly() }),
  },
  "data service, brief": {
    request: () => ({ ...localityOf(towns.MANLY), edition: "brief", prepared_for: agencyName(0), data: manly() }),
  },
  "complete, with commission and partners": {
    request: () => ({
      ...localityOf(towns.MANLY),
      ...{ home_owner_pricing: "$2m-$2.5m", featured_agent_id: "person-3", branding: BRAND },
      data: {
        ...manly(),
        commission_rates: rates,
        partners: [
          {
            agent: agentName(0),
            agency: agencyName(0),
            tier: "featured_plus",
            photo: portrait(3),
            rates: [{ band: "$2m-$2.5m", rate_from: 1.6, rate_to: 1.8 }],
          },
          { agent: "Paula Partner", agency: "Paid & Sons", tier: "standard", sales: 31, median_price: 2_100_000 },
        ],
      },
    }),
  },
  "commission without rates": {
    request: () => ({
      ...localityOf(towns.ALICE_SPRINGS),
      home_owner_pricing: "$500k-$1m",
      data: served({ sold: dealsOf(towns.ALICE_SPRINGS) }),
    }),
  },
  "four agents head to head": {
    request: () => ({ ...localityOf(towns.MANLY), compare: [0, 1, 2, 9].map(agentName), data: manly() }),
  },
  "two agencies head to head, one unknown": {
    request: () => ({
      ...localityOf(towns.MANLY),
      compare: [agencyName(0), "Nobody & Sons", agencyName(3)],
      data: manly(),
    }),
  },
  "comparable sales of a house": {
    request: () => ({
      ...localityOf(towns.MANLY),
      subject: {
        address: "12 Pine Street",
        property_type: "House",
        bedrooms: 4,
        land_area: 420,
        lat: -33.7975,
        lon: 151.2855,
      },
      data: manly(),
    }),
  },
  "comparable sales of what is rare": {
    request: () => ({
      ...localityOf(towns.HUONVILLE),
      subject: { address: "88 Mill Lane", property_type: "House", bedrooms: 5, price: 1_450_000 },
      sections: ["comparables", "sales"],
      data: served({ sold: dealsOf(towns.HUONVILLE) }),
    }),
  },
  "several suburbs, one unknown": {
    files: () => ({
      "manly.csv": table("rpdata", dealsOf(towns.MANLY)),
      "fairlight.csv": table("rpdata", dealsOf(towns.FAIRLIGHT)),
      "balgowlah.csv": table("rpdata", dealsOf(towns.BALGOWLAH)),
    }),
    ...of(towns.MANLY, { other_suburbs: ["Fairlight", "Balgowlah", "Seaforth"] }),
  },
  "a country town with what is around": {
    files: () => ({ "orange.csv": table("rpdata", dealsOf(towns.ORANGE)) }),
    ...of(towns.ORANGE, { include_surrounding_suburbs: true }),
  },
  "market and sales chosen": {
    request: () => ({
      ...localityOf(towns.NOOSAVILLE),
      sections: ["market", "sales"],
      data: served({ sold: dealsOf(towns.NOOSAVILLE) }),
    }),
  },
  "houses of four bedrooms": {
    request: () => ({
      ...localityOf(towns.ORANGE),
      property_types: ["House"],
      min_bedrooms: 4,
      data: served({ sold: dealsOf(towns.ORANGE), current: current(towns.ORANGE) }),
    }),
  },
  "a filter that leaves nothing": {
    request: () => ({
      ...localityOf(towns.BRADDON),
      property_types: ["Rural"],
      data: served({ sold: dealsOf(towns.BRADDON) }),
    }),
  },
  "to let, inner city": {
    request: () => ({
      ...localityOf(towns.RICHMOND),
      report: "agency",
      branding: BRAND,
      data: served({ sold: [], rented: rentals(towns.RICHMOND) }),
    }),
  },
  "to let, nine properties": {
    request: () => ({
      ...localityOf(towns.HUONVILLE),
      report: "agency",
      data: served({ sold: [], rented: rentals(towns.HUONVILLE).slice(-9) }),
    }),
  },
  "to let, brief": {
    request: () => ({
      ...localityOf(towns.RICHMOND),
      report: "agency",
      edition: "brief",
      data: served({ sold: [], rented: rentals(towns.RICHMOND) }),
    }),
  },
  "supplied figures alone": {
    request: () => ({
      ...localityOf(towns.RESERVOIR),
      data: {
        agents: Array.from({ length: 85 }, (_, n) => ({
          id: `a${n}`,
          name: agentName(n),
          agency_id: `y${n % 12}`,
          supplied: {
            sales_12m: n % 9 === 8 ? null : Math.max(0, 44 - n),
            median_price: n % 4 === 0 ? null : 900_000 + n * 3_500,
          },
          reviews: [{ provider: "Reviews", rating: 4.7, count: 90 - n, as_of: "2026-09-01" }],
        })),
        agencies: Array.from({ length: 12 }, (_, n) => ({
          id: `y${n}`,
          name: agencyName(n),
          for_sale: n % 3 === 0 ? null : 12 - n,
        })),
      },
    }),
  },
  "long names and many scripts": {
    request: () => {
      const scripts = [
        "陳大文",
        "김민수",
        "Иван Ωμέγα",
        "مريم حداد",
        "דוד כהן",
        "สมชาย ใจดี",
        "अमित शर्मा",
        "தமிழ்ச்செல்வி",
        "Nguyễn Thị Hương Giang",
        "Archibald Featherstonehaugh-Wolfeschlegelsteinhausen",
      ];
      const town = {
        ...towns.BRADDON,
        agentName: (n: number) => `${scripts[n % 10]} ${n}`,
        agencyName: (n: number) =>
          `The Very Long Established Canberra Residential Property Company of Lonsdale Street ${n}`,
      };
      return { ...localityOf(town), data: served({ sold: dealsOf(town), current: current(town) }) };
    },
  },
  "four months of data": {
    request: () => ({
      ...localityOf(towns.NORWOOD),
      data: served({ sold: dealsOf({ ...towns.NORWOOD, from: "2026-07-04" }), current: current(towns.NORWOOD) }),
    }),
  },
  "a hole in the data": {
    request: () => ({
      ...localityOf(towns.ORANGE),
      data: served({ sold: dealsOf(towns.ORANGE).filter(({ sold }) => sold < "2025-11-20" || sold > "2026-02-25") }),
    }),
  },
  "forty sales, no price disclosed": {
    request: () => {
      const sold = dealsOf(towns.BALGOWLAH).filter((deal) => deal.outcome === "sold");
      return {
        ...localityOf(towns.BALGOWLAH),
        data: served({ sold: sold.slice(-40).map((deal) => ({ ...deal, disclosed: false })) }),
      };
    },
  },
  "many agencies, one sale each": {
    request: () => ({
      ...localityOf(towns.TIBOOBURRA),
      data: served({ sold: dealsOf({ ...towns.TIBOOBURRA, perYear: 38, from: "2025-01-01", agencies: 60 }) }),
    }),
  },
  "falling prices of a mine": {
    request: () => ({
      ...localityOf(towns.PORT_HEDLAND),
      data: served({ sold: dealsOf(towns.PORT_HEDLAND), current: current(towns.PORT_HEDLAND, 0.5) }),
    }),
  },
  "luxury, half undisclosed": {
    request: () => ({
      ...localityOf(towns.TOORAK),
      prepared_for: agencyName(4),
      branding: { name: agencyName(4), colour: "#111111" },
      data: served({ sold: dealsOf(towns.TOORAK), current: current(towns.TOORAK) }),
    }),
  },
};
