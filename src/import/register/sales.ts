/*
 * The register of sales of New South Wales: millions of lines, read within bounded memory.
 * A dealing of several lots, and a sale listed twice, are counted once.
 * Not here: other formats.
 */

import { readLines } from "../../report/sources/catalogue/lines.ts";
import type { CatalogueImport } from "../../report/sources/catalogue.ts";
import { compareText } from "../../text/text.ts";
import { fieldsOf } from "../columns/fields.ts";
import { messages } from "../messages.ts";
import { createRules, type Rules, type RuleUse } from "../rules.ts";
import { checkSense } from "../sense.ts";
import type { ImportSource } from "../source.ts";
import { repeatedDealings } from "./repeats.ts";

/** The register of all sales of New South Wales, as its Valuer General publishes it. */
const NSW_SOURCE = {
  id: "nsw-valuer-general",
  name: "NSW Valuer General, Property Sales Information",
  licence: "© State of New South Wales (Valuer General)",
  disclaimer:
    "Sales enter the register at settlement, four to twelve weeks after the contract: its newest weeks are incomplete.",
  lag_days: 84,
} as const;

/** The result of a file of the register. */
export interface RegisterReading {
  readonly file: string;
  readonly form: "current" | "archive";
  readonly sales: number;
  /** Rows that are no sale of their own: further parcels of one dealing, repetitions. */
  readonly joined: number;
  readonly left_out: number;
  readonly rules: readonly RuleUse[];
  readonly warnings: readonly string[];
}

type RegisterRow = Record<string, unknown> & { readonly id: string };

interface Parcel {
  readonly propertyId: string;
  readonly dealing: string;
  readonly area: number | null;
  readonly row: RegisterRow;
}

/** Whether text is a file of the register: its first record shows it. */
export function beginsAsRegister(head: Uint8Array): boolean {
  return /^\ufeff?A;[^;\n]*;[^;\n]*;\d{8}[ ;]/.test(new TextDecoder("latin1").decode(head.subarray(0, 200)));
}

/**
 * Reads a file of the register into an import; a row that cannot be stored loses no other. Several parcels of one dealing
 * are one sale, the areas added; parts of a property are no sale; a contract date that cannot be is the settlement's.
 */
export async function readRegister(
  session: CatalogueImport,
  source: ImportSource,
  today: string,
): Promise<RegisterReading> {
  const rules = createRules();
  const warnings: string[] = [];
  const counts = { b: 0, all: 0, sales: 0, joined: 0, leftOut: 0 };
  let form: RegisterReading["form"] | null = null;
  let expected: { readonly all: number; readonly b: number } | null = null;

  const isRepeated = await repeatedDealings(source, latin1);

  async function* sales(): AsyncGenerator<{ line: number; value: RegisterRow }> {
    const dealings = new Map<string, Map<string, Parcel>>();
    const lines = readLines(latin1(source.open()));
    for await (const { line, text } of lines) {
      if (text === "") continue;
      counts.all += 1;
      const fields = text.split(";");
      const [type] = fields;
      if (type === "Z") expected = { all: Number(fields[1]), b: Number(fields[2]) };
      if (type !== "B") continue;
      counts.b += 1;
      form ??= /^[A-Z]/i.test(fields[2] ?? "") ? "archive" : "current";
      const parcel = form === "archive" ? readArchive(fields, rules) : readCurrent(fields, rules);
      if (typeof parcel === "string") {
        counts.leftOut += 1;
        rules.use("row", parcel, fields.slice(6, 10).join(" ").trim());
        continue;
      }
      const { leftOut } = checkSense("sales", parcel.row, today, rules);
      if (leftOut !== null) {
        counts.leftOut += 1;
        rules.use("row", leftOut.replace(/\d{4}-\d{2}-\d{2} /, ""), parcel.row.address);
      } else if (parcel.dealing === "" || !isRepeated(parcel.dealing)) {
        counts.sales += 1;
        yield { line, value: parcel.row };
      } else {
        const key = `${parcel.dealing} ${String(parcel.row.price ?? "")} ${String(parcel.row.sold_date)}`;
        const known = dealings.get(key) ?? new Map<string, Parcel>();
        // The same property again: the last counts.
        if (known.has(parcel.propertyId)) counts.joined += 1;
        known.set(parcel.propertyId, parcel);
        dealings.set(key, known);
      }
    }
    for (const parcels of dealings.values()) {
      counts.joined += parcels.size - 1;
      counts.sales += 1;
      yield { line: 0, value: joined([...parcels.values()]) };
    }
  }

  const refused: string[] = [];
  await session.stage("sales", sales(), {
    skipBad: true,
    onBadRow: ({ reason }) => {
      counts.sales -= 1;
      counts.leftOut += 1;
      rules.use("row", messages.registerSuburbUnknown, reason);
      if (refused.length < 5) refused.push(reason);
    },
  });
  const end = expected as { readonly all: number; readonly b: number } | null;
  if (end === null) warnings.push(messages.registerCut);
  else if (end.all !== counts.all || end.b !== counts.b)
    warnings.push(messages.registerCounts(end.b, end.all, counts.b, counts.all));
  warnings.push(...refused);
  return {
    file: source.name,
    form: form ?? "current",
    sales: counts.sales,
    joined: counts.joined,
    left_out: counts.leftOut,
    rules: rules.all(),
    warnings,
  };
}

/** The register as a source, once an import. */
export async function stageRegisterSource(session: CatalogueImport): Promise<void> {
  const has = fieldsOf("sources");
  const value = Object.fromEntries(Object.entries(NSW_SOURCE).filter(([name]) => has.has(name)));
  await session.stage("sources", [{ line: null, value }]);
}

function readCurrent(fields: readonly string[], rules: Rules): Parcel | string {
  const at = (index: number) => (fields[index - 1] ?? "").trim();
  const [propertyId, dealing] = [at(3), at(24)];
  const interest = Number(at(23) || "0");
  if (interest > 0 && interest < 100) return messages.registerInterest;
  const contract = compactDay(at(14));
  const settlement = compactDay(at(15));
  const day = soldDay(contract, settlement, rules);
  if (day === null) return messages.noDate;
  const unit = at(7);
  const strata = at(20) !== "" || unit !== "";
  const fileKind = at(18).toUpperCase();
  const category = strata
    ? "unit"
    : fileKind === "V"
      ? "land"
      : fileKind === "R"
        ? "house"
        : /RESIDEN|DWELLING|HOUSE/i.test(at(19))
          ? "house"
          : "other";
  const area = strata ? null : areaOf(at(12), at(13));
  return {
    propertyId,
    dealing,
    area,
    row: {
      id: `nsw-${propertyId}-${dealing === "" ? day : dealing}`,
      ...addressOf(unit, at(8), at(9), at(10), at(11)),
      category,
      ...(area === null ? {} : { land_sqm: area }),
      sold_date: day,
      ...priceOf(at(16)),
      method: "not_stated",
      source: NSW_SOURCE.id,
    },
  };
}

function readArchive(fields: readonly string[], rules: Rules): Parcel | string {
  const at = (index: number) => (fields[index - 1] ?? "").trim();
  const written = at(11);
  const [, d, m, y] = /^(\d{1,2})\/(\d{1,2})\/(\d{4})$/.exec(written) ?? [];
  const day =
    y === undefined
      ? compactDay(written)
      : compactDay(`${y}${String(m).padStart(2, "0")}${String(d).padStart(2, "0")}`);
  if (day === null) return messages.noDate;
  if (y !== undefined) rules.use("sold_date", messages.dayFirst, written);
  const unit = at(6);
  const strata = unit !== "" || /\bSP\s?\d/i.test(at(13));
  const area = strata ? null : areaOf(at(14), at(15));
  // No field states the kind of property: land has neither a number nor a use.
  return {
    propertyId: at(5) || at(4),
    dealing: "",
    area,
    row: {
      id: `nsw-${at(5) || at(4)}-${day}`,
      ...addressOf(unit, at(7), at(8), at(9), at(10)),
      category: strata ? "unit" : "house",
      ...(area === null ? {} : { land_sqm: area }),
      sold_date: day,
      ...priceOf(at(12)),
      method: "not_stated",
      source: NSW_SOURCE.id,
    },
  };
}

/** Of a contract that is after its settlement, or years before, the date is mistyped: the settlement's is known. */
function soldDay(contract: string | null, settlement: string | null, rules: Rules): string | null {
  if (contract === null || settlement === null) return contract ?? settlement;
  const years = (Date.parse(settlement) - Date.parse(contract)) / (365.25 * 86_400_000);
  if (years >= 0 && years <= 2) return contract;
  rules.use("sold_date", messages.registerContract, `${contract}, settled ${settlement}`);
  return settlement;
}

function joined(parcels: readonly Parcel[]): RegisterRow {
  const sorted = [...parcels].sort((a, b) =>
    compareText(a.propertyId.padStart(12, "0"), b.propertyId.padStart(12, "0")),
  );
  const [first] = sorted;
  if (first === undefined) throw new Error("dealing without parcel");
  if (sorted.length === 1) return first.row;
  const area = sorted.reduce((sum, each) => sum + (each.area ?? 0), 0);
  return area === 0 ? first.row : { ...first.row, land_sqm: Math.round(area * 100) / 100 };
}

function addressOf(unit: string, house: string, street: string, locality: string, postcode: string) {
  const number = house.replace(/(\d)\s+([A-Z])\b/g, "$1$2");
  const address = `${unit === "" ? "" : `${unit}/`}${[number, titleCase(street)].filter((part) => part !== "").join(" ")}`;
  return { address, suburb: titleCase(locality), state: "NSW", ...(/^\d{4}$/.test(postcode) ? { postcode } : {}) };
}

function titleCase(text: string): string {
  return text
    .toLowerCase()
    .replace(/(^|[\s'’\-/(])(\p{L})/gu, (_, before: string, letter: string) => before + letter.toUpperCase())
    .replace(/\bMc(\p{L})/gu, (_, letter: string) => `Mc${letter.toUpperCase()}`)
    .replace(/(\p{L}['’])S\b/gu, "$1s");
}

function areaOf(area: string, unit: string): number | null {
  const value = Number(area);
  if (area === "" || !Number.isFinite(value) || value <= 0) return null;
  return Math.round(value * (unit.toUpperCase() === "H" ? 10_000 : 1) * 100) / 100;
}

function priceOf(text: string): { readonly price?: number; readonly price_disclosed: boolean } {
  const price = Math.round(Number(text));
  return Number.isFinite(price) && price > 0 ? { price, price_disclosed: true } : { price_disclosed: false };
}

function compactDay(text: string): string | null {
  const [, y, m, d] = /^(\d{4})(\d{2})(\d{2})/.exec(text) ?? [];
  if (y === undefined) return null;
  const date = new Date(`${y}-${m}-${d}T00:00:00Z`);
  return Number.isNaN(date.getTime()) || date.getUTCDate() !== Number(d) ? null : `${y}-${m}-${d}`;
}

async function* latin1(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  for await (const chunk of chunks)
    yield Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength).toString("latin1");
}
