/*
 * Turns the files that agencies have into rows of the catalogue.
 * Any table, workbook or JSON is recognised, and its values are read as people write them.
 * Not here: HTTP, jobs, settings, and the catalogue's database beyond the interface of an import.
 */

import { Failure } from "../failure.ts";
import {
  CATALOGUE_KINDS,
  type CatalogueImport,
  type CatalogueKind,
  type StoredRow,
} from "../report/sources/catalogue.ts";
import { foreignCurrency, isOtherPeriod } from "./amounts.ts";
import { cleanCell } from "./cell-text.ts";
import {
  doubtOfSale,
  type ImportColumn,
  namesKnown,
  recogniseColumns,
  recogniseKind,
  targetName,
} from "./columns/columns.ts";
import { assignByContent } from "./columns/content.ts";
import { columnNames, fieldsOf, partsOf } from "./columns/fields.ts";
import type { ImportMap } from "./columns/map.ts";
import type { DateOrder } from "./dates.ts";
import { readDomain } from "./domain.ts";
import { openCsv } from "./files/csv.ts";
import { type Encoding, inUtf8, WrongAssumption } from "./files/encoding.ts";
import { openJson } from "./files/json.ts";
import { openWorkbook } from "./files/workbook.ts";
import { messages } from "./messages.ts";
import { createNames, type MadeAgent, type Names } from "./names.ts";
import { createPlausibility } from "./plausibility.ts";
import { asMarketTable } from "./publications/publication.ts";
import { publicationOf } from "./publications/publications.ts";
import type { FileReading, OmittedRow, ReadOptions } from "./reading.ts";
import { refuseOtherFile } from "./refused-files.ts";
import { createRowMaker } from "./rows.ts";
import { createRules } from "./rules.ts";
import { headOf, type ImportSource } from "./source.ts";
import type { Table } from "./table.ts";

export type { FileReading, OmittedRow, ReadOptions };

const FIRST_ROWS = 3;
const COLUMNS_NAMED = 20;
/** A published table's own header goes before any other row. */
const PUBLISHED = 1_000;
/** The columns of a refused table that are listed, for a map. */
const COLUMNS_MAPPED = 100;
const ATTEMPTS = 6;

interface Guess {
  readonly encoding?: Encoding;
  readonly order?: DateOrder;
}

/**
 * Reads a file of any table into an import. A conclusion from its beginning may prove wrong further on (an encoding, the
 * order of day and month): then what was staged of it is dropped, and it is read again.
 * @throws Failure "bad_rows", after `onBadRow` got each; "bad_amounts", "unknown_kind", "bad_header", "bad_workbook", "not_utf8", …
 */
export async function readInto(
  session: CatalogueImport,
  source: ImportSource,
  options: ReadOptions,
): Promise<FileReading> {
  const isJson = options.format === "json" || options.format === "ndjson";
  let guess: Guess = {};
  for (let attempt = 1; ; attempt++) {
    const mark = session.mark();
    try {
      return await readOnce(session, source, options, guess);
    } catch (error) {
      const notUtf8 = isJson && error instanceof Failure && error.code === "not_utf8" && guess.encoding === undefined;
      // Read as UTF-8 once more, by what distinguishes a broken file and one in Windows' letters.
      const cause = notUtf8
        ? new WrongAssumption({ encoding: "utf-8" })
        : error instanceof Failure
          ? error.options.cause
          : error;
      if (!(cause instanceof WrongAssumption) || attempt === ATTEMPTS) throw error;
      session.resetTo(mark);
      guess = { ...guess, ...cause.known };
    }
  }
}

async function readOnce(
  session: CatalogueImport,
  given: ImportSource,
  options: ReadOptions,
  guess: Guess,
): Promise<FileReading> {
  const { map = null, today, skipBad = false, format } = options;
  const isJson = format === "json" || format === "ndjson";
  const { source, encoding } = isJson ? await inUtf8(given, guess.encoding) : { source: given, encoding: null };
  const domain = isJson && map === null ? await readDomain(session, source, format, options) : null;
  if (domain !== null) return domain;
  const opened = await openTable(source, options, guess);
  const rules = createRules();
  // A file of an office is recognised by its columns, whatever its name.
  const publication = map === null ? publicationOf(opened.headers) : null;
  const table = publication === null ? opened : asMarketTable(publication, opened, source.name, rules);
  const sample = table.sample.map((cells) => cells.map(cleanCell));
  const kind =
    publication !== null
      ? "market"
      : (options.kind ??
        recogniseKind(CATALOGUE_KINDS, table.headers, sample, table.byContent?.fields) ??
        table.declaredKind ??
        null);
  if (kind === null && table.headers.length === 0)
    throw new Failure("bad_header", messages.noRows, {
      details: { line: 1 },
    });
  if (kind === null)
    throw new Failure("unknown_kind", messages.unclearKind(source.name, CATALOGUE_KINDS.join(", ")), {
      details: { columns: table.headers.slice(0, COLUMNS_MAPPED) },
    });
  const columns = columnsOf(kind, table, sample, map);
  checkColumns(kind, columns, table, options);
  const names = createNames(session.people());
  const make = createRowMaker(kind, columns, sample, {
    rules,
    map,
    names,
    today,
    order: guess.order ?? null,
    ofObjects: table.ofObjects === true,
    locality: options.locality ?? null,
    daysBefore: table.daysBefore ?? 0,
  });
  const doubt = doubtOfSale(columns);
  const warnings = [...(doubt === null ? [] : [doubt]), ...warningsOf(columns, table)];
  const plausibility = createPlausibility(kind, columns, rules, map?.document.amounts ?? null);
  const first: Readonly<Record<string, unknown>>[] = [];
  let leftOut = 0;
  let bad = 0;
  let row = 0;
  async function* rows() {
    for await (const each of table.rows()) {
      row += 1;
      // Tables for printing name their columns on each page.
      const again = repeatsHeader(each.cells, table.headers);
      const understood = make(again ? { ...each, unused: messages.headerAgain } : each);
      if ("leftOut" in understood) {
        leftOut += 1;
        options.onLeftOut?.({ line: each.line, row, reason: understood.leftOut });
        continue;
      }
      if ("value" in understood) plausibility.add(understood.value);
      yield { line: each.line, row, ...understood };
    }
  }
  const { count, warnings: odd } = await session.stage(kind, rows(), {
    ...(options.locality === undefined ? {} : { locality: options.locality }),
    skipBad,
    onBadRow: (each) => {
      bad += 1;
      options.onBadRow?.(each);
    },
    onRow: (stored) => {
      if (first.length < FIRST_ROWS) first.push(shown(stored));
    },
  });
  if (publication === null) plausibility.check();
  checkPeople(names.swapped(), columns);
  const headerRow = table.facts.header_row ?? 1;
  if (row === 0 && headerRow > 1)
    throw new Failure("bad_header", messages.nothingBelowHeader(headerRow), { details: { line: headerRow } });
  const made = await stageMade(session, names);
  if (publication !== null) await session.stage("sources", [{ line: null, value: publication.source }]);
  return {
    kind,
    kind_by_columns: options.kind === null || publication !== null,
    facts: encoding === null || encoding === "utf-8" ? table.facts : { ...table.facts, encoding },
    columns: (publication === null ? columns : []).map(({ header, target, by }) => ({
      column: header,
      field: target === null ? null : targetName(target),
      by,
    })),
    rules: rules.all(),
    rows: addUp({ [kind]: count }, made),
    made: { agencies: made.agencies ?? 0, agents: made.agents ?? 0 },
    left_out: leftOut,
    bad,
    warnings: [...warnings, ...odd],
    first,
  };
}

/** @throws Failure "bad_header" where agents are in the column of agencies, and agencies in that of agents. */
function checkPeople(swapped: ReturnType<Names["swapped"]>, columns: readonly ImportColumn[]): void {
  if (swapped === null) return;
  const header = (...fields: readonly string[]) =>
    columns.find(({ target }) => target !== null && fields.includes(targetName(target)))?.header ?? fields[0] ?? "";
  const agents = header("agent", "agents", "agent_ids", "name", "first_name");
  const why = messages.agentsAreAgencies(swapped.agent, swapped.agency);
  throw new Failure("bad_header", messages.columnsSwapped(header("agency", "agency_ids", "agency_id"), agents, why), {
    details: { line: 1 },
  });
}

function columnsOf(
  kind: CatalogueKind,
  { headers, byContent }: Table,
  sample: readonly (readonly unknown[])[],
  map: ImportMap | null,
): readonly ImportColumn[] {
  const columns = recogniseColumns(kind, headers, sample, map, byContent?.fields);
  const has = new Set(columns.flatMap(({ target }) => (target === null ? [] : targetName(target))));
  if (byContent !== undefined || has.has("suburb") || !fieldsOf(kind).get("suburb")?.required) return columns;
  const isTaken = (index: number) => columns[index]?.target !== null || columns[index]?.by === "map";
  return recogniseColumns(kind, headers, sample, map, assignByContent(headers, sample, isTaken));
}

async function openTable(
  source: ImportSource,
  { kind, format, map, sheet }: ReadOptions,
  guess: Guess,
): Promise<Table> {
  const names = new Set(
    [...CATALOGUE_KINDS]
      .filter((each) => kind === null || each === kind)
      .flatMap((each) => [...fieldsOf(each).keys(), ...partsOf(each)]),
  );
  const known = (cells: readonly unknown[]) =>
    Math.max(
      map == null && publicationOf(cells) !== null ? cells.length + PUBLISHED : 0,
      namesKnown(cells),
      cells.filter(
        (cell) => typeof cell === "string" && (names.has(cell.trim().toLowerCase()) || map?.fieldOf(cell) != null),
      ).length,
    );
  const headerRow = map?.document.header_row;
  const hints = { known, ...(headerRow === undefined ? {} : { headerRow }) };
  const { head } = await headOf(source, 512);
  const begins = Buffer.from(head).toString("hex");
  const isWorkbook = begins.startsWith("504b0304") || begins.startsWith("d0cf11e0");
  if (sheet !== undefined && !isWorkbook) throw new Failure("bad_sheet", messages.noWorkbook(sheet));
  if (format === "json" || format === "ndjson") {
    const of = kind ?? "sales";
    const nested = new Set([...fieldsOf(of).values()].flatMap(({ path }) => (path.length === 2 ? [path[0]] : [])));
    return openJson(source, format, of, (name) => nested.has(name), hints);
  }
  if (isWorkbook) {
    const sheetName = sheet ?? map?.document.sheet;
    return openWorkbook(source, { ...hints, ...(sheetName === undefined ? {} : { sheet: sheetName }) });
  }
  refuseOtherFile(head);
  return openCsv(source, { ...hints, ...(guess.encoding === undefined ? {} : { encoding: guess.encoding }) });
}

function repeatsHeader(cells: readonly unknown[], headers: readonly string[]): boolean {
  return (
    headers.length > 2 &&
    cells[0] !== "" &&
    cells[0] === headers[0] &&
    headers.every((header, at) => header === (typeof cells[at] === "string" ? cells[at].trim() : (cells[at] ?? "")))
  );
}

/** What is required and cannot be made of other columns. @throws Failure "bad_header" that names what is missing. */
function checkColumns(
  kind: CatalogueKind,
  columns: readonly ImportColumn[],
  { headers, facts, ofObjects }: Table,
  { locality }: ReadOptions,
): void {
  for (const { header, target } of columns) {
    const currency = typeof target === "object" && target?.type === "money" ? foreignCurrency(header) : null;
    if (currency !== null)
      throw new Failure("bad_amounts", messages.columnCurrency(header, currency), { details: { line: 1 } });
  }
  const rents = columns.find(({ target }) => target !== null && targetName(target) === "weekly_rent")?.header ?? "";
  if (isOtherPeriod(rents))
    throw new Failure("bad_amounts", messages.rentPeriodUnknown(rents), { details: { line: 1 } });
  if (ofObjects) return;
  const has = new Set(columns.flatMap(({ target }) => (target === null ? [] : targetName(target))));
  const twice = headers.find(
    (name, index) =>
      name !== "" &&
      fieldsOf(kind).has(name.toLowerCase()) &&
      headers.findIndex((other) => other.toLowerCase() === name.toLowerCase()) !== index,
  );
  const line = facts.header_row ?? 1;
  if (twice !== undefined)
    throw new Failure("bad_header", messages.columnTwice(twice.toLowerCase()), { details: { line } });
  const isMade = (name: string) => {
    switch (name) {
      case "id":
        return fieldsOf(kind).has("address") || fieldsOf(kind).has("name");
      case "address":
        return has.has("street_name");
      case "category":
        return fieldsOf(kind).has("address");
      case "suburb":
      case "state":
        return locality?.suburb != null || has.has("address") || has.has("suburb");
      case "name":
        return has.has("first_name") || has.has("last_name");
      default:
        return false;
    }
  };
  const missing = [...fieldsOf(kind).values()]
    .filter(({ name, required }) => required && !has.has(name) && !isMade(name))
    .map(({ name }) => name);
  if (missing.length > 0)
    throw new Failure(
      "bad_header",
      messages.missingColumns(
        missing.join(", "),
        headers.slice(0, 20).join(", "),
        kind,
        [...fieldsOf(kind).keys()].join(", "),
      ),
      { details: { line, missing, columns: headers.slice(0, COLUMNS_MAPPED), fields: columnNames(kind) } },
    );
}

function warningsOf(
  columns: readonly ImportColumn[],
  { ofObjects, byContent, notes: own = [] }: Table,
): readonly string[] {
  const used = new Set(columns.flatMap(({ header, target }) => (target === null ? [] : header.toLowerCase())));
  // The check of the rows reports unknown fields of objects.
  const unused = columns.flatMap(({ header, target, by, passedOver, mayBe }) => {
    if (target !== null || by !== null || header === "" || ofObjects) return [];
    const name = header.toLowerCase();
    if (used.has(name)) return messages.columnAgain(name);
    if (mayBe !== undefined) return messages.unknownDays(name, mayBe);
    if (passedOver === undefined) return messages.unknownColumn(name);
    const { field, for: taken } = passedOver;
    return taken === null ? messages.columnUnlike(name, field) : messages.columnOther(name, field, taken.toLowerCase());
  });
  const unknown = [...new Set(unused)];
  const notes = [...own, ...(byContent?.notes ?? [])];
  if (unknown.length <= COLUMNS_NAMED) return [...notes, ...unknown];
  return [...notes, ...unknown.slice(0, COLUMNS_NAMED), messages.unknownColumns(unknown.length - COLUMNS_NAMED)];
}

async function stageMade(session: CatalogueImport, names: Names): Promise<Partial<Record<CatalogueKind, number>>> {
  const { agencies, agents } = names.made();
  const made: Partial<Record<CatalogueKind, number>> = {};
  for (const [kind, rows] of [
    ["agencies", agencies],
    ["agents", agents],
  ] as const) {
    if (rows.length === 0) continue;
    await session.stage(kind, valuesOf(rows), {});
    made[kind] = rows.length;
  }
  return made;
}

function* valuesOf(rows: readonly (MadeAgent | { readonly id: string; readonly name: string })[]) {
  for (const value of rows) yield { line: null, value };
}

/** A row as a person reads it: where it belongs, and its fields. */
function shown([, , suburb, state, postcode, , , , , data]: StoredRow): Readonly<Record<string, unknown>> {
  return { ...(suburb === null ? {} : { suburb, state, postcode }), ...JSON.parse(data ?? "{}") };
}

/** Counts of rows by kind, together. */
export function addUp(
  ...counts: readonly Partial<Record<CatalogueKind, number>>[]
): Partial<Record<CatalogueKind, number>> {
  const sum: Partial<Record<CatalogueKind, number>> = {};
  for (const each of counts)
    for (const kind of CATALOGUE_KINDS) if (each[kind] !== undefined) sum[kind] = (sum[kind] ?? 0) + (each[kind] ?? 0);
  return sum;
}
