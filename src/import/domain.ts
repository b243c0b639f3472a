import { Failure } from "../failure.ts";
import { readJson, readRows } from "../report/sources/catalogue/input.ts";
import type { CatalogueImport, CatalogueKind } from "../report/sources/catalogue.ts";
import { isDomain, readSaved } from "../report/sources/domain/saved.ts";
import { messages } from "./messages.ts";
import { createNames, type Names } from "./names.ts";
import type { FileReading, OmittedRow, ReadOptions } from "./reading.ts";
import { createRules, type Rules } from "./rules.ts";
import { checkSense } from "./sense.ts";
import { headOf, type ImportSource } from "./source.ts";

/** The responses in a file; a list of them is streamed up to here, which is more than a thousand pages. */
const MAX_VALUES = 200_000;
/** They are in memory together, since agencies of one name those of another. */
const MAX_BYTES = 64 * 1_024 * 1_024;
const SHOWN = 3;

/**
 * Reads a file of saved responses of Domain's API: pages of a search, their rows, records of agencies, statistics. Each row
 * goes to the kind that it names: sold listings are sales, others listings or rentals. Null for another file.
 */
export async function readDomain(
  session: CatalogueImport,
  source: ImportSource,
  format: "json" | "ndjson",
  { today, skipBad = false, onBadRow, onLeftOut, kind }: ReadOptions,
): Promise<FileReading | null> {
  const values = await valuesOf(source, format);
  if (values === null) return null;
  const rules = createRules();
  const names = createNames(session.people());
  const saved = withKnownPeople(readSaved(values, { townhouses: "house" }, dayInName(source.name)), names, rules);
  const rows: Partial<Record<CatalogueKind, number>> = {};
  const warnings = new Set<string>();
  const first: Readonly<Record<string, unknown>>[] = [];
  let [bad, leftOut, row] = [0, 0, 0];
  const noted = (out: OmittedRow) => {
    leftOut += 1;
    onLeftOut?.(out);
  };
  const parts = [
    ["agencies", saved.agencies],
    ["agents", saved.agents],
    ["sales", saved.sales],
    ["listings", saved.listings],
    ["rentals", saved.rentals],
    ["market", saved.market],
  ] as const;
  if (parts.every(([, values]) => values.length === 0)) throw new Failure("bad_json", messages.domainWithoutListing);
  if (saved.isDayMissing) throw new Failure("bad_json", messages.domainAuctionDay);
  for (const result of saved.unknownResults) noted({ line: null, row: 0, reason: messages.domainResult(result) });
  for (const [part, values] of parts) {
    if (values.length === 0) continue;
    const use = function* () {
      for (const given of values) {
        const value: Record<string, unknown> = { ...given };
        if (part !== "agencies" && part !== "agents") row += 1;
        const { leftOut: reason } = checkSense(part, value, today, rules);
        if (reason !== null) noted({ line: null, row, reason: messages.domainRow(String(value.id ?? part), reason) });
        else yield { line: null, row, value };
      }
    };
    const { count, warnings: odd } = await session.stage(part, use(), {
      skipBad,
      onBadRow: (each) => {
        bad += 1;
        onBadRow?.(each);
      },
      onRow: ([, , suburb, state, postcode, , , , , data]) => {
        if (first.length < SHOWN && part !== "agencies" && part !== "agents")
          first.push({ suburb, state, postcode, ...JSON.parse(data ?? "{}") });
      },
    });
    for (const warning of odd) warnings.add(warning);
    if (count > 0) rows[part] = count;
  }
  await session.stage("sources", [{ line: null, value: SOURCE }]);
  const found = parts.filter(([part]) => part !== "agencies" && part !== "agents" && (rows[part] ?? 0) > 0);
  const [most] = [...found].sort(([a], [b]) => (rows[b] ?? 0) - (rows[a] ?? 0));
  const declaredKind = most?.[0] ?? kind ?? "sales";
  if (kind !== null && most !== undefined && rows[kind] === undefined)
    warnings.add(messages.domainOtherKind(kind, declaredKind));
  return {
    kind: declaredKind,
    kind_by_columns: true,
    facts: { format, publication: messages.domainResponse },
    columns: [],
    rules: rules.all(),
    rows,
    made: { agencies: 0, agents: 0 },
    left_out: leftOut,
    bad,
    warnings: [...warnings],
    first,
  };
}

const SOURCE = { id: "domain", name: "Domain (api.domain.com.au)", licence: "Domain API terms" };

/** Auction results are saved a day each, and have the day only in their file's name. */
function dayInName(name: string): string | null {
  return /(?<!\d)\d{4}-\d{2}-\d{2}(?!\d)/.exec(name)?.[0] ?? null;
}

/** What the file contains, where it is Domain's; null for another. */
async function valuesOf(source: ImportSource, format: "json" | "ndjson"): Promise<readonly unknown[] | null> {
  const { head } = await headOf(source, 64);
  const isList = new TextDecoder().decode(head).trimStart().startsWith("[");
  if (format === "json" && !isList) {
    const document = await readJson(source.open());
    return isDomain(document) ? [document] : null;
  }
  const values: unknown[] = [];
  async function* bounded() {
    let bytes = 0;
    for await (const chunk of source.open()) {
      bytes += chunk.length;
      if (bytes > MAX_BYTES) throw new Failure("too_large", messages.domainTooLarge(MAX_BYTES / 1_048_576));
      yield chunk;
    }
  }
  for await (const { value, reason } of readRows("sales", format, bounded(), () => undefined)) {
    // The first row shows what the file is; a broken one is for the usual reader to name.
    if (reason !== undefined || (values.length === 0 && !isDomain(value))) return null;
    values.push(value);
    if (values.length > MAX_VALUES) return null;
  }
  return values.length === 0 ? null : values;
}

type Saved = ReturnType<typeof readSaved>;

/** People who are in the catalogue by name, from an export of a CRM, retain the id that they have there. */
function withKnownPeople(saved: Saved, names: Names, rules: Rules): Saved {
  const agencyIds = new Map(saved.agencies.map(({ id, name }) => [id, names.knownAgency(name) ?? id]));
  const agency = (id: string) => agencyIds.get(id) ?? id;
  const agentIds = new Map(
    saved.agents.map(({ id, name, agency_id }) => [
      id,
      names.knownAgent(name, agency_id == null ? null : agency(agency_id)) ?? id,
    ]),
  );
  const agent = (id: string) => agentIds.get(id) ?? id;
  for (const [id, known] of [...agencyIds, ...agentIds])
    if (id !== known) rules.use("id", messages.knownPeople, `${id} is ${known}`);
  const agents = (given: readonly string[] | undefined) => [...new Set((given ?? []).map(agent))];
  const agencies = (given: readonly string[] | undefined) => [...new Set((given ?? []).map(agency))];
  return {
    agencies: saved.agencies.filter(({ id }) => agency(id) === id),
    agents: saved.agents
      .filter(({ id }) => agent(id) === id)
      .map((each) => (each.agency_id == null ? each : { ...each, agency_id: agency(each.agency_id) })),
    sales: saved.sales.map((sale) => ({
      ...sale,
      agency_ids: agencies(sale.agency_ids),
      agents: (sale.agents ?? []).map((each) => ({ ...each, id: agent(each.id) })),
    })),
    listings: saved.listings.map((each) => ({
      ...each,
      agency_ids: agencies(each.agency_ids),
      agent_ids: agents(each.agent_ids),
    })),
    rentals: saved.rentals.map((each) => ({
      ...each,
      agency_ids: agencies(each.agency_ids),
      agent_ids: agents(each.agent_ids),
    })),
    market: saved.market,
    unknownResults: saved.unknownResults,
    isDayMissing: saved.isDayMissing,
  };
}
