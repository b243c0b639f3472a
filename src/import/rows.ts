import { agentId, idOfProperty, isWholeAddress, stableId } from "../report/identity/ids.ts";
import { findSuburb, parseState } from "../report/localities/suburbs.ts";
import { readRecordType } from "../report/request/property-type.ts";
import type { CatalogueKind } from "../report/sources/catalogue.ts";
import { otherCurrency, readCount, readPrice, wholePeriod } from "./amounts.ts";
import { isExcelError, withoutControls } from "./cell-text.ts";
import { type ImportColumn, targetName } from "./columns/columns.ts";
import { type Field, fieldsOf, type NamePart } from "./columns/fields.ts";
import type { ImportMap } from "./columns/map.ts";
import { meansNoPrice, meansNothing, outcomeOfMethod, WORDS, wordKey } from "./columns/words.ts";
import type { DateOrder } from "./dates.ts";
import { messages } from "./messages.ts";
import { type AgencyMention, type AgentMention, type Names, splitNames } from "./names.ts";
import { createLocalityReader } from "./row-locality.ts";
import type { Rules } from "./rules.ts";
import { checkSense } from "./sense.ts";
import type { TableRow } from "./table.ts";
import { type CellReader, createCellReader, NOTHING, UNDISCLOSED, Unread } from "./values.ts";

/** A row in the catalogue's form, or why it is refused. */
export type Understood = { readonly value: unknown } | { readonly reason: string } | { readonly leftOut: string };

export interface RowContext {
  readonly rules: Rules;
  readonly map: ImportMap | null;
  readonly names: Names;
  /** YYYY-MM-DD. */
  readonly today: string;
  readonly order: DateOrder | null;
  /** Of days that are plain numbers: how many to add to them. */
  readonly daysBefore: number;
  /** The rows are objects, whose fields are passed on whatever they are. */
  readonly ofObjects: boolean;
  /** Of rows that name none. */
  readonly locality: {
    readonly suburb?: string | null;
    readonly state?: string | null;
    readonly postcode?: string | null;
  } | null;
}

type RowValues = Record<string, unknown>;

/** Makes rows of the catalogue from the rows of a table whose columns are known. */
export function createRowMaker(
  kind: CatalogueKind,
  columns: readonly ImportColumn[],
  sample: readonly (readonly unknown[])[],
  context: RowContext,
): (row: TableRow) => Understood {
  const { rules, names, today } = context;
  const fields = fieldsOf(kind);
  const used = columns.flatMap(({ target, header, index }) => {
    if (target === null) return [];
    const part = typeof target === "string" ? target : null;
    const read = part === null ? cellReader(target as Field, header, sample, index, context) : null;
    const unitAt =
      part === null ? columns.find((column) => column.target === UNITS[targetName(target)])?.index : undefined;
    return [{ index, target, part, read, unitAt }];
  });
  // Of several columns that a map names for a field the first that is filled counts: it is read last.
  const { map } = context;
  if (map !== null)
    used.sort((a, b) => map.rankOf(columns[b.index]?.header ?? "") - map.rankOf(columns[a.index]?.header ?? ""));
  // Of objects the check of the row names unknown fields.
  const unused = context.ofObjects ? columns.filter(({ target, by }) => target === null && by === null) : [];
  const methodAt = used.find(({ target }) => targetName(target) === "method")?.index;
  const categoryAt = used.find(({ target }) => targetName(target) === "category")?.index;
  const hasOutcome = used.some(({ target }) => targetName(target) === "outcome");
  const hasDisclosed = used.some(({ target }) => targetName(target) === "price_disclosed");
  const cars = used.find(({ target }) => targetName(target) === "cars");
  const garagesOnly = cars === undefined || /garage/i.test(columns[cars.index]?.header ?? "");
  const readLocality = createLocalityReader(rules);
  const filledAtLeast = Math.min(2, used.length);

  return ({ cells, rest, reason, lacks, unused: use }) => {
    if (reason !== undefined) return { reason };
    if (use !== undefined) return { leftOut: use };
    if (lacks !== undefined) rules.use("row", messages.cellsMissing, cells[0]);
    const value: RowValues = { ...rest };
    for (const { header, index } of unused)
      if (cells[index] !== null && cells[index] !== undefined) value[header] = cells[index];
    const parts: Partial<Record<NamePart, string>> = {};
    let filled = 0;
    let unread: Unread | null = null;
    for (const { index, target, part, read, unitAt } of used) {
      const cell = unitAt === undefined ? cells[index] : withUnit(cells[index], cells[unitAt], target);
      if (part !== null) {
        const text = textOf(cell);
        if (text === null) {
          const text = cell === null || cell === undefined ? "" : String(cell).trim();
          if (text !== "") rules.use(part, messages.unknown(text.slice(0, 20)), text);
          continue;
        }
        parts[part] = text;
        filled += 1;
        continue;
      }
      const field = target as Field;
      const got = read?.(cell);
      if (got === undefined || got === NOTHING) continue;
      filled += 1;
      if (got === UNDISCLOSED) {
        if (field.name === "price" && fields.has("price_disclosed") && !hasDisclosed) value.price_disclosed = false;
        continue;
      }
      if (got instanceof Unread) unread ??= got;
      put(value, field.path, got instanceof Unread ? got.text : got);
    }
    if (filled < filledAtLeast && columns.length > 3 && !context.ofObjects) return { leftOut: messages.singleCell };
    if (!context.ofObjects && fields.has("address") && isTotal(kind, value, parts))
      return { leftOut: messages.totalRow };
    if (!hasOutcome && methodAt !== undefined && kind === "sales") {
      const outcome = outcomeOfMethod(textOf(cells[methodAt]) ?? "");
      if (outcome !== null) value.outcome = outcome;
    }
    if (garagesOnly) for (const part of ["carports", "open_spaces"] as const) putMoreCars(value, parts[part]);
    if (parts.first_ask !== undefined) putFirstAsk(value, parts.first_ask, rules);
    putLocality(kind, value, parts, context, readLocality);
    // A row that no report can use makes no people, and counts in no rule.
    const { leftOut } = checkSense(kind, value, today, rules);
    if (leftOut !== null) return { leftOut };
    if (unread !== null) return { reason: unread.reason };
    const currency = parts.currency === undefined ? null : otherCurrency(parts.currency);
    if (currency !== null) return { reason: messages.otherCurrency(currency) };
    putPeople(kind, value, parts, names, fields);
    if (fields.has("property_type") && categoryAt !== undefined) putPropertyType(value, textOf(cells[categoryAt]));
    if (fields.has("category") && fields.has("address") && value.category === undefined) putCategory(value, rules);
    putId(kind, value, rules);
    return { value };
  };
}

/** A row of a property without where it is: what is below a table, such as a total of its prices. */
function isTotal(kind: CatalogueKind, value: RowValues, parts: Partial<Record<NamePart, string>>): boolean {
  if (kind === "agencies" || value.address !== undefined || parts.street_name !== undefined) return false;
  return kind === "sales" ? value.sold_date === undefined : value.suburb === undefined;
}

function cellReader(
  field: Field,
  header: string,
  sample: readonly (readonly unknown[])[],
  index: number,
  { rules, map, today, order, daysBefore }: RowContext,
): CellReader {
  const context = { rules, map, order, daysBefore, thisYear: Number(today.slice(0, 4)) };
  if (field.type === "agents" || field.type === "ids")
    return (cell) => (cell === null || cell === undefined || cell === "" ? NOTHING : cell);
  return createCellReader(
    field,
    header,
    sample.map((cells) => cells[index]),
    context,
  );
}

function textOf(cell: unknown): string | null {
  if (cell === null || cell === undefined) return null;
  if (Array.isArray(cell)) return cell.map((each) => nameIn(each) ?? String(each)).join("; ");
  if (typeof cell === "object") return cell instanceof Date ? cell.toISOString().slice(0, 10) : nameIn(cell);
  const text = withoutControls(String(cell)).trim();
  return text === "" || meansNothing(text) || isExcelError(text) ? null : text;
}

/** The name of a person or a thing that is an object. */
function nameIn(value: unknown): string | null {
  if (typeof value !== "object" || value === null) return null;
  const fields = value as Readonly<Record<string, unknown>>;
  if (fields.name !== undefined && fields.name !== null) return String(fields.name);
  const parts = [fields.firstName ?? fields.first_name, fields.lastName ?? fields.last_name ?? fields.surname];
  const name = parts.filter((part) => typeof part === "string" && part !== "").join(" ");
  return name === "" ? null : name;
}

function put(value: RowValues, path: Field["path"], given: unknown): void {
  const [key, inner] = path;
  if (inner === undefined) value[key] = given;
  else value[key] = { ...(value[key] as object | undefined), [inner]: given };
}

/** The column that states what a field's numbers are in. */
const UNITS: Readonly<Record<string, NamePart>> = { land_sqm: "land_unit", weekly_rent: "rent_period" };

function withUnit(cell: unknown, unit: unknown, target: Field | NamePart): unknown {
  const [text, word] = [textOf(cell), textOf(unit)];
  if (text === null || word === null || /\p{L}/u.test(text)) return cell;
  return `${text} ${targetName(target) === "weekly_rent" ? wholePeriod(word) : word}`;
}

/** CRMs count garages, carports and open spaces each by itself. */
function putMoreCars(value: RowValues, text: string | undefined): void {
  const count = text === undefined ? null : readCount(text);
  if (count !== null) value.cars = (typeof value.cars === "number" ? value.cars : 0) + count.count;
}

function putFirstAsk(value: RowValues, text: string, rules: Rules): void {
  if (meansNoPrice(text)) {
    rules.use("first_ask", messages.noPrice(text.slice(0, 40)), text);
    return;
  }
  const price = readPrice(text);
  if (price === null) {
    rules.use("first_ask", messages.textNoPrice, text);
    return;
  }
  if (price.rule !== null) rules.use("first_ask", price.rule, text);
  value.first_ask = {
    ...(price.from === null ? {} : { from: price.from }),
    ...(price.to === null ? {} : { to: price.to }),
    ...(value.first_ask as object | undefined),
  };
}

function putLocality(
  kind: CatalogueKind,
  value: RowValues,
  parts: Partial<Record<NamePart, string>>,
  { rules, locality }: RowContext,
  read: ReturnType<typeof createLocalityReader>,
): void {
  const street = [parts.street_name, parts.street_type].filter(Boolean).join(" ");
  if (street !== "" || parts.unit !== undefined || parts.street_number !== undefined) {
    const unit = parts.unit === undefined ? "" : `${parts.unit}/`;
    const built = `${unit}${[parts.street_number, street].filter(Boolean).join(" ")}`.replace(/\/$/, "");
    const given = typeof value.address === "string" ? value.address : null;
    if (given === null || !/\d/.test(given)) {
      if (built !== "") {
        rules.use("address", messages.joinedParts, built);
        value.address = built;
      }
    } else if (parts.unit !== undefined && street === "" && !given.startsWith(unit)) value.address = `${unit}${given}`;
  }
  if (typeof value.address !== "string") return;
  const text = (key: string) =>
    typeof value[key] === "string" || typeof value[key] === "number" ? String(value[key]) : null;
  const before = { address: value.address, suburb: text("suburb"), state: text("state"), postcode: text("postcode") };
  // A locality that the caller gives is of rows that name none: the end of the address is only cut off.
  const given =
    before.suburb === null && locality?.suburb
      ? { suburb: locality.suburb, state: locality.state ?? null, postcode: locality.postcode ?? null }
      : null;
  const after = read(given === null ? before : { ...before, ...given });
  if (after.address !== before.address) value.address = after.address;
  if (given !== null) return;
  if (after.suburb !== before.suburb) value.suburb = after.suburb;
  if (after.state !== before.state) value.state = after.state;
  if (after.postcode !== before.postcode) value.postcode = after.postcode;
  if (kind === "market") delete value.address;
}

function putPeople(
  kind: CatalogueKind,
  value: RowValues,
  parts: Partial<Record<NamePart, string>>,
  names: Names,
  fields: ReadonlyMap<string, Field>,
): void {
  if (
    kind === "agents" &&
    value.name === undefined &&
    (parts.first_name !== undefined || parts.last_name !== undefined)
  )
    value.name = [parts.first_name, parts.last_name].filter(Boolean).join(" ");
  const agencies = agencyMentions(value, parts);
  const agencyIds = agencies === null ? null : [...new Set(agencies.map((mention) => names.agency(mention)))];
  if (agencyIds !== null && fields.has("agency_ids")) value.agency_ids = agencyIds;
  else if (agencyIds?.[0] !== undefined && fields.has("agency_id")) value.agency_id = agencyIds[0];
  const agency = agencyIds?.[0] ?? null;
  const agents = agentMentions(value, parts, fields);
  const lead = kind === "agents" ? value.name : agents?.[0]?.text;
  if (agencies?.[0] !== undefined && typeof lead === "string") names.beside({ agency: agencies[0].text, agent: lead });
  if (agents === null) return;
  const found = agents.map((mention) => ({ mention, id: names.agent(mention, agency) }));
  if (fields.has("agent_ids")) value.agent_ids = [...new Set(found.map(({ id }) => id))];
  else value.agents = found.map(({ id, mention: { role } }) => (role === undefined ? { id } : { id, role }));
}

function agencyMentions(value: RowValues, parts: Partial<Record<NamePart, string>>): readonly AgencyMention[] | null {
  if (parts.agency !== undefined)
    return parts.agency
      .split(/\s*[;|\n]\s*/)
      .filter((text) => text !== "")
      .map((text) => ({ text, isName: true }));
  const { agency_ids: ids, agency_id: id } = value;
  if (typeof id === "string") return [{ text: id.trim(), isName: false }];
  // Services number their offices.
  const list = typeof ids === "number" ? [String(ids)] : typeof ids === "string" ? ids.split(";") : ids;
  if (!Array.isArray(list) || !list.every((each) => typeof each === "string")) return null;
  return list
    .map((each) => each.trim())
    .filter((each) => each !== "")
    .map((text) => ({ text, isName: false }));
}

function agentMentions(
  value: RowValues,
  parts: Partial<Record<NamePart, string>>,
  fields: ReadonlyMap<string, Field>,
): readonly AgentMention[] | null {
  const mentions: AgentMention[] = [];
  if (parts.agent !== undefined) {
    for (const [at, text] of splitNames(parts.agent).entries())
      mentions.push({
        text,
        role: at === 0 ? "lead" : "co",
        isName: true,
        ...(at === 0 && parts.agent_email !== undefined ? { email: parts.agent_email } : {}),
        ...(at === 0 && parts.agent_phone !== undefined ? { phone: parts.agent_phone } : {}),
      });
  }
  if (parts.co_agent !== undefined)
    for (const text of splitNames(parts.co_agent)) mentions.push({ text, role: "co", isName: true });
  if (mentions.length > 0) return mentions;
  const own = fields.has("agents") ? value.agents : value.agent_ids;
  if (own === undefined || own === null) return null;
  const list =
    typeof own === "string"
      ? own
          .split(";")
          .flatMap((each) => (/:\s*(lead|co)\s*$/i.test(each) ? [each] : splitNames(each)))
          .map((each) => each.trim())
          .filter((each) => each !== "")
      : own;
  if (!Array.isArray(list)) return null;
  for (const each of list) {
    if (typeof each === "string") {
      const [, text = each, role] = fields.has("agents") ? (/^(.*?)\s*:\s*(lead|co)$/i.exec(each) ?? []) : [];
      mentions.push({
        text: text.trim(),
        isName: false,
        ...(role === undefined ? {} : { role: role.toLowerCase() as "lead" | "co" }),
      });
    } else return null;
  }
  return mentions;
}

/** The finer type that a portal's or a CRM's word means, if it is finer than the four categories. */
function putPropertyType(value: RowValues, word: string | null): void {
  if (word === null || value.property_type !== undefined || wordKey(word) === value.category) return;
  const type = readRecordType(word);
  if (type !== null) value.property_type = type;
}

/** The category of a row without one: a unit by its address, a house by its rooms, else other. */
function putCategory(value: RowValues, rules: Rules): void {
  const address = typeof value.address === "string" ? value.address : "";
  const named = typeof value.property_type === "string" ? WORDS.category?.get(wordKey(value.property_type)) : undefined;
  if (named !== undefined) {
    value.category = named;
    rules.use("category", messages.fromPropertyType, value.property_type);
    return;
  }
  if (address === "") return;
  if (/^\s*(unit|apartment|apt|flat|u)\s*\d|^\s*\w+\s*\/\s*\d/i.test(address)) value.category = "unit";
  else if (typeof value.beds === "number" && value.beds > 0) value.category = "house";
  else value.category = "other";
  const why = {
    unit: messages.unitByAddress,
    house: messages.houseByBedrooms,
    other: messages.typeUnknown,
  };
  rules.use("category", messages.noPropertyType(why[value.category as keyof typeof why]), address);
}

function putId(kind: CatalogueKind, value: RowValues, rules: Rules): void {
  if (typeof value.id === "number") value.id = String(value.id);
  if (value.id !== undefined && value.id !== "") return;
  const { address, suburb, state, name } = value;
  if (kind === "agencies" && typeof name === "string") value.id = stableId("agency", name);
  else if (kind === "agents" && typeof name === "string")
    value.id = agentId(name, typeof value.agency_id === "string" ? value.agency_id : null);
  else if (kind === "sources" && typeof name === "string") value.id = stableId("source", name);
  else if (typeof address === "string" && address !== "" && kind !== "market") {
    const day = kind === "sales" && typeof value.sold_date === "string" ? value.sold_date : null;
    const more = [value.price, value.beds, value.display_price].flatMap((each) =>
      each === undefined ? [] : [String(each)],
    );
    // "New South Wales" in one file and "NSW" in the next are one locality.
    const known = parseState(String(state ?? ""));
    const locality = known === null ? null : findSuburb({ suburb: String(suburb ?? ""), state: known });
    value.id = idOfProperty(PREFIXES[kind] ?? kind, {
      address,
      suburb: locality?.suburb ?? String(suburb ?? ""),
      state: known ?? String(state ?? ""),
      day,
      more,
    });
    if (!isWholeAddress(address)) rules.use("id", messages.idFromDay, address);
  } else return;
  rules.use("id", messages.idFromRow, value.id);
}

const PREFIXES: Partial<Record<CatalogueKind, string>> = { sales: "sale", listings: "listing" };
