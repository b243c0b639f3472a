import { join } from "node:path";
import { Failure } from "../failure.ts";
import { BUILT_IN_MAPS } from "../import/columns/built-in-maps.ts";
import { renameOffice } from "../import/reaxml/feed.ts";
import { todayIn } from "../import/today.ts";
import { resolveSuburb } from "../report/localities/suburbs.ts";
import {
  CATALOGUE_KINDS,
  type Catalogue,
  type CatalogueImported,
  type CatalogueKind,
  type CatalogueLocality,
  kindInWords,
  LOCALITY_KINDS,
  openCatalogue,
  rowsInWords,
} from "../report/sources/catalogue.ts";
import { compareText } from "../text/text.ts";
import { clockOf, type TimePrinter } from "./clock.ts";
import { describeChanges } from "./import-summary.ts";
import { messages } from "./messages.ts";
import { table } from "./table.ts";

export interface CatalogueOptions {
  readonly dataDir: string;
  readonly json: boolean;
  readonly out: (line: string) => void;
  readonly now?: () => Date;
  /** What prints times; the machine's clock where it is left out. */
  readonly clock?: TimePrinter;
}

/** What a list of localities prints; the API has them all, a page at a time. */
const MOST_LOCALITIES = 1_000;
const IMPORTS = 100;

/** Prints what there is, the localities with most sales first. */
export function listLocalities({
  q,
  limit = MOST_LOCALITIES,
  ...options
}: CatalogueOptions & { readonly q?: string; readonly limit?: number }): Promise<void> {
  return withCatalogue(options, (catalogue) => {
    const { localities, total } = catalogue.localities({ limit: MOST_LOCALITIES, ...(q === undefined ? {} : { q }) });
    const sorted = [...localities].sort((a, b) => b.sales - a.sales || compareText(a.suburb, b.suburb)).slice(0, limit);
    if (options.json) return options.out(JSON.stringify({ localities: sorted, total, totals: catalogue.totals() }));
    if (total === 0) return options.out(q === undefined ? EMPTY : messages.noSuburb(q));
    const rows = sorted.map((locality) => [
      `${locality.suburb} ${locality.state} ${locality.postcode}`,
      String(locality.sales),
      String(locality.listings),
      String(locality.agents),
      locality.newest ?? "–",
      ageOf(locality.newest, options),
      locality.sources.join(", ") || "–",
      locality.report,
    ]);
    const heads = ["SUBURB", "SALES", "LISTINGS", "AGENTS", "NEWEST", "AGE", "SOURCE", "REPORT"];
    for (const line of table(heads, rows)) options.out(line);
    if (total > sorted.length) options.out(messages.moreSuburbs(total - sorted.length));
  });
}

const EMPTY = messages.catalogueEmpty;

/** Prints what there is of one locality, and what a full report lacks. @throws Failure of resolveSuburb, "no_data". */
export function showLocality({ where, ...options }: CatalogueOptions & LocalityArgument): Promise<void> {
  return withCatalogue(options, (catalogue) => {
    const { resolved, locality } = find(catalogue, where);
    if (locality === null)
      throw new Failure("no_data", messages.nothingAbout(resolved.suburb, resolved.state, resolved.postcode));
    const agencies = catalogue.agencies(resolved) ?? [];
    if (options.json) return options.out(JSON.stringify({ ...locality, agencies }));
    for (const [name, value] of detailsOf(locality, options)) options.out(`${name.padEnd(10)} ${value}`);
    options.out(`${"agencies".padEnd(10)} ${agencies.map(({ name }) => name).join(", ") || "none"}`);
    for (const what of locality.missing) options.out(`${"missing".padEnd(10)} ${what}`);
  });
}

/** Prints rows of one locality, the newest first. @throws Failure of resolveSuburb, "usage". */
export async function showRows({
  kind,
  limit,
  where,
  ...options
}: CatalogueOptions & LocalityArgument & { readonly kind: string; readonly limit: number }): Promise<void> {
  const rowKind = LOCALITY_KINDS.find((each) => each === kind);
  if (rowKind === undefined) throw new Failure("usage", messages.kindOptionUnknown(kind, LOCALITY_KINDS.join(", ")));
  return withCatalogue(options, (catalogue) => {
    const { resolved } = find(catalogue, where);
    const { rows, total } = catalogue.localityRows(resolved, rowKind, { limit, offset: 0 });
    if (options.json) return options.out(JSON.stringify({ rows, total }));
    if (total === 0) return options.out(messages.noneOf(rowKind, resolved.suburb, resolved.state));
    const text = (value: unknown) => (value === undefined || value === null ? "–" : String(value));
    const cells = rows.map(({ id, row, agents, agencies }) => [
      text(row.sold_date ?? row.leased_date ?? row.listed_date),
      text(row.address),
      text(row.category),
      text(row.price ?? row.weekly_rent ?? row.display_price),
      agents.join(", ") || "–",
      agencies.join(", ") || "–",
      id,
    ]);
    for (const line of table(["DAY", "ADDRESS", "KIND", "PRICE", "AGENTS", "AGENCIES", "ID"], cells)) options.out(line);
    if (total > rows.length) options.out(`${total - rows.length} more ${rowKind}: --limit`);
  });
}

export interface LocalityArgument {
  /** A locality in one line: "St Kilda VIC", "Manly NSW 2095", "2095". */
  readonly where: string;
}

function detailsOf(locality: CatalogueLocality, options: CatalogueOptions): readonly (readonly [string, string])[] {
  return [
    ["suburb", `${locality.suburb} ${locality.state} ${locality.postcode}`],
    ["report", locality.report],
    [
      "sales",
      `${locality.sales}${locality.newest !== null ? messages.salesSpan(locality.oldest, locality.newest, ageOf(locality.newest, options), locality.sales_12m) : ""}`,
    ],
    ["listings", String(locality.listings)],
    ["rentals", String(locality.rentals)],
    ["agents", String(locality.agents)],
    ["sources", locality.sources.join(", ") || "none named"],
  ];
}

/** Prints what was imported, the latest first. */
export function listImports(options: CatalogueOptions): Promise<void> {
  return withCatalogue(options, (catalogue) => {
    const { clock = clockOf({ timeZone: null }) } = options;
    const imports = catalogue.imports(IMPORTS);
    if (options.json) return options.out(JSON.stringify({ imports }));
    if (imports.length === 0) return options.out(messages.nothingImported);
    const rows = imports.map((each) => [
      String(each.id),
      clock(each.at),
      each.actor,
      each.files.join(", ") || "–",
      whatOf(each),
      each.undone_at === null ? "" : `undone ${clock(each.undone_at)}`,
    ]);
    for (const line of table(["ID", "AT", "BY", "FILES", "CHANGED", ""], rows)) options.out(line);
  });
}

/** "12 new, 3 changed sales; 2 new agents". */
function whatOf({ changes, rows }: CatalogueImported): string {
  if (changes === null)
    return Object.entries(rows)
      .map(([kind, n]) => rowsInWords(n, kind))
      .join(", ");
  const parts = Object.entries(changes).flatMap(([kind, each]) => {
    const counts = (["new", "changed", "removed"] as const).flatMap((what) =>
      each[what] > 0 ? [`${each[what]} ${what}`] : [],
    );
    // The last count is what the name of the kind follows.
    const last = each.removed || each.changed || each.new;
    return counts.length === 0 ? [] : [`${counts.join(", ")} ${kindInWords(last, kind)}`];
  });
  return parts.join("; ") || "nothing";
}

/** Undoes an import; by default the latest that is not undone. */
export function undo({ importId, ...options }: CatalogueOptions & { readonly importId: number | null }): Promise<void> {
  return withCatalogue(options, async (catalogue) => {
    const id = importId ?? catalogue.imports(IMPORTS).find(({ undone_at }) => undone_at === null)?.id;
    if (id === undefined) throw new Failure("unknown_import", messages.noImport);
    const undone = await catalogue.undo(id);
    if (options.json) return options.out(JSON.stringify(undone));
    const remaining = undone.remaining === 0 ? "" : messages.rowsRemain(undone.remaining);
    options.out(messages.importUndone(id, undone.removed, undone.restored, remaining));
  });
}

export function removeRow({
  kind,
  id,
  dryRun = false,
  ...options
}: CatalogueOptions & DryRun & { readonly kind: string; readonly id: string }): Promise<void> {
  return withCatalogue(options, async (catalogue) => {
    if (dryRun) return counted(options, catalogue.count({ kind: kindOf(kind), id }));
    const { removed, id: importId } = await catalogue.remove({ kind: kindOf(kind), id }, "operator");
    if (removed === 0) throw new Failure("no_data", messages.noRow(kind, id));
    describeReport(options, removed, importId);
  });
}

export function removeLocality({
  where,
  dryRun = false,
  ...options
}: CatalogueOptions & DryRun & LocalityArgument): Promise<void> {
  return withCatalogue(options, async (catalogue) => {
    const { resolved } = find(catalogue, where);
    if (dryRun) return counted(options, catalogue.count({ locality: resolved }));
    const { removed, id } = await catalogue.remove({ locality: resolved }, "operator");
    if (removed === 0)
      throw new Failure("no_data", messages.nothingToRemove(resolved.suburb, resolved.state, resolved.postcode));
    describeReport(options, removed, id);
  });
}

interface DryRun {
  /** Counts the rows that would be removed, and removes none. */
  readonly dryRun?: boolean;
}

function counted(options: CatalogueOptions, rows: number): void {
  if (options.json) options.out(JSON.stringify({ removed: rows, dry_run: true }));
  else options.out(messages.wouldRemove(rows, rows === 1 ? "row" : "rows"));
}

function describeReport(options: CatalogueOptions, removed: number, id: number | null): void {
  if (options.json) options.out(JSON.stringify({ removed, import_id: id }));
  else options.out(messages.removed(removed, removed === 1 ? "row" : "rows", removed === 1 ? "it" : "them", id));
}

/** How many rows a clear would take. */
export function countRows({ dataDir, kind }: CatalogueOptions & { readonly kind: string | null }): number {
  const catalogue = openedCatalogue(dataDir);
  try {
    return catalogue.count(kind === null ? {} : { kind: kindOf(kind) });
  } finally {
    catalogue.close();
  }
}

export function clear({
  kind,
  dryRun = false,
  ...options
}: CatalogueOptions & DryRun & { readonly kind: string | null }): Promise<void> {
  return withCatalogue(options, async (catalogue) => {
    if (dryRun) return counted(options, catalogue.count(kind === null ? {} : { kind: kindOf(kind) }));
    const removed = await catalogue.clear(kind === null ? null : kindOf(kind));
    if (options.json) return options.out(JSON.stringify({ removed }));
    options.out(messages.removedPermanently(removed));
  });
}

export function listMaps(options: CatalogueOptions): Promise<void> {
  return withCatalogue(options, (catalogue) => {
    const maps = catalogue.maps();
    if (options.json) return options.out(JSON.stringify({ maps, built_in: BUILT_IN_MAPS }));
    options.out(`built in: ${Object.keys(BUILT_IN_MAPS).join(", ")}`);
    if (maps.length === 0) return options.out(messages.noMapSaved);
    for (const { name, saved_at } of maps) options.out(`${name}  saved ${saved_at.slice(0, 10)}`);
  });
}

export function saveMapAs({
  name,
  document,
  ...options
}: CatalogueOptions & { readonly name: string; readonly document: string }): Promise<void> {
  return withCatalogue(options, (catalogue) => {
    catalogue.saveMap(name, document);
    options.out(options.json ? JSON.stringify({ saved: name }) : messages.mapSaved(name));
  });
}

/** Gives an office's code of a feed its agency's name, and its listings with it. */
export async function nameOffice({
  code,
  agency,
  ...options
}: CatalogueOptions & { readonly code: string; readonly agency: string }): Promise<void> {
  const catalogue = openedCatalogue(options.dataDir);
  const session = catalogue.startImport();
  try {
    session.nameOffice(code, agency);
    renameOffice(session, code, { today: todayIn(options.now?.() ?? new Date()) });
    const changes = await session.commit({ files: [`office ${code}`] });
    options.out(
      options.json
        ? JSON.stringify({ code, agency, changes: changes.kinds })
        : messages.officeNamed(code, agency, describeChanges(changes)),
    );
  } finally {
    session.rollback();
    catalogue.close();
  }
}

export function openedCatalogue(dataDir: string): Catalogue {
  return openCatalogue({ path: join(dataDir, "catalogue.db"), background: true });
}

async function withCatalogue(
  { dataDir }: Pick<CatalogueOptions, "dataDir">,
  work: (catalogue: Catalogue) => void | Promise<void>,
): Promise<void> {
  const catalogue = openedCatalogue(dataDir);
  try {
    await work(catalogue);
  } finally {
    catalogue.close();
  }
}

function find(catalogue: Catalogue, where: string) {
  const resolved = resolveSuburb({ suburb: where });
  return { resolved, locality: catalogue.locality(resolved) };
}

function kindOf(text: string): CatalogueKind {
  const kind = CATALOGUE_KINDS.find((each) => each === text);
  if (kind === undefined) throw new Failure("usage", messages.kindUnknown(text, CATALOGUE_KINDS.join(", ")));
  return kind;
}

function ageOf(day: string | null, { now = () => new Date() }: Pick<CatalogueOptions, "now">): string {
  if (day === null) return "–";
  const days = Math.max(0, Math.floor((now().getTime() - Date.parse(day)) / 86_400_000));
  return days === 1 ? "1 day" : `${days} days`;
}
