import type { AreaUnit } from "./amounts.ts";
import { areaUnit, moneyUnit, readArea, readCount, readPrice, readRent, readScaled, rentPeriod } from "./amounts.ts";
import { bareText, CONTROLS, hasControls, isExcelError, UNSAVED_FORMULA } from "./cell-text.ts";
import type { Field } from "./columns/fields.ts";
import type { ImportMap } from "./columns/map.ts";
import { unitIn } from "./columns/synonyms.ts";
import {
  meaningOfPhrase,
  meansAnyHome,
  meansNoPrice,
  meansNothing,
  outcomeOfMethod,
  wordKey,
  wordsIn,
} from "./columns/words.ts";
import { type DateOrder, isAmbiguous, orderOf, readDay, readSerial, whyNoDay } from "./dates.ts";
import { WrongAssumption } from "./files/encoding.ts";
import { messages } from "./messages.ts";
import type { Rules } from "./rules.ts";

/** An empty cell. */
export const NOTHING = Symbol("nothing");
/** A price that is not given: nothing, and the sale's price is not disclosed. */
export const UNDISCLOSED = Symbol("undisclosed");

/** A text that is not valid for its field. */
export class Unread {
  readonly text: string;
  /** What a person reads. */
  readonly reason: string;
  constructor(text: string, reason: string) {
    this.text = text;
    this.reason = reason;
  }
}

/** The value of a cell in the form of the row's schema; for a text that is no value of the kind, why it is not read. */
export type CellReader = (cell: unknown) => unknown;

export interface CellContext {
  readonly rules: Rules;
  readonly map: ImportMap | null;
  readonly thisYear: number;
  /** The order that other columns or an earlier reading have proved. */
  readonly order: DateOrder | null;
  /** Of days that are plain numbers: how many to add to them. */
  readonly daysBefore?: number;
}

/** A reader of a column's cells. `sample` decides what a single cell leaves open. */
export function createCellReader(
  field: Field,
  header: string,
  sample: readonly unknown[],
  context: CellContext,
): CellReader {
  const { rules, map } = context;
  const read = readerOf(field, header, sample, context);
  const commas = map?.document.decimal === "," && NUMERIC.has(field.type);
  return (cell) => {
    if (cell === null || cell === undefined) return NOTHING;
    if (typeof cell === "object" && !(cell instanceof Date)) return cell;
    const text = cell instanceof Date ? cell.toISOString() : bareText(String(cell));
    if (text === "") return NOTHING;
    if (hasControls(text)) {
      rules.use(field.name, messages.controlsRemoved, text.replace(CONTROLS, "�"));
      return read(text.replace(CONTROLS, ""), cell);
    }
    if (isExcelError(text)) {
      rules.use(field.name, text === UNSAVED_FORMULA ? messages.unsavedFormula : messages.unknown(text), text);
      return NOTHING;
    }
    const meant = map?.meaningOf(field.name, text) ?? null;
    if (meant !== null) {
      rules.use(field.name, messages.byMap(text.slice(0, 40), meant), text);
      return meant === "" ? NOTHING : read(meant, meant);
    }
    if (commas && typeof cell === "string") return read(withPoint(text), cell);
    return read(text, cell);
  };
}

const NUMERIC: ReadonlySet<string> = new Set(["money", "area", "count", "number"]);

/** A number with a comma before its parts as one with a point: "1.012,5" is 1012.5. */
function withPoint(text: string): string {
  return text.replace(/\d[\d.,]*/g, (number) => number.replaceAll(".", "").replace(",", "."));
}

type ValueReader = (text: string, cell: unknown) => unknown;

function readerOf(field: Field, header: string, sample: readonly unknown[], context: CellContext): ValueReader {
  const { rules, map } = context;
  const { name } = field;
  const nothing = (text: string) => {
    rules.use(name, messages.unknown(text.slice(0, 20)), text);
    return NOTHING;
  };
  switch (field.type) {
    case "date":
      return dateReader(field, header, sample, context);
    case "money": {
      const unit = (name === "weekly_rent" ? null : map?.document.amounts) ?? moneyUnit(header);
      const period = name === "weekly_rent" ? rentPeriod(header) : "";
      const needsAmount = name === "price" || name === "weekly_rent";
      return (text) => {
        if (needsAmount && NO_DOLLARS.test(text)) {
          rules.use(name, messages.noPrice(text), text);
          return UNDISCLOSED;
        }
        const scaled = readScaled(text, unit);
        if (scaled !== null) {
          rules.use(name, map?.document.amounts === unit ? messages.mapScale(unit) : messages.priceScale(unit), text);
          return scaled;
        }
        if (/^\d+$/.test(text) && period === "") return Number(text);
        if (meansNoPrice(text)) {
          rules.use(name, messages.noPrice(text.slice(0, 40)), text);
          return UNDISCLOSED;
        }
        if (name === "weekly_rent") {
          const rent = readRent(text, period);
          if (rent?.rule != null) rules.use(name, rent.rule, text);
          return rent?.weekly ?? new Unread(text, messages.notPrice(name, text));
        }
        const price = readPrice(text);
        if (price === null) return new Unread(text, messages.notPrice(name, text));
        if (name === "price" && (price.to !== null || price.from === null)) {
          rules.use(name, messages.rangeOfSale, text);
          return UNDISCLOSED;
        }
        if (name === "price" && price.rule === messages.priceOver) {
          rules.use(name, messages.guideOfSale, text);
          return UNDISCLOSED;
        }
        if (price.rule !== null) rules.use(name, price.rule, text);
        return price.from ?? price.to;
      };
    }
    case "area": {
      const unit: AreaUnit = areaUnit(unitIn(header)) ?? "sqm";
      return (text) => {
        if (meansNothing(text)) return nothing(text);
        const area = readArea(text, unit);
        if (area === null) return new Unread(text, messages.notArea(name, text));
        if (area.sqm === 0) return nothing(text);
        if (area.rule !== null) rules.use(name, area.rule, text);
        return area.sqm;
      };
    }
    case "count":
      return (text) => {
        if (/^\d+$/.test(text)) return Number(text);
        if (meansNothing(text)) return nothing(text);
        const count = readCount(text);
        if (count === null) return new Unread(text, messages.notCount(name, text));
        if (count.rule !== null) rules.use(name, count.rule, text);
        return count.count;
      };
    case "number":
      return (text) => (meansNothing(text) ? nothing(text) : text);
    case "yes_no":
      return (text, cell) => {
        if (typeof cell === "boolean") return cell;
        if (meansNothing(text) && !/^no(ne)?$/i.test(text)) return nothing(text);
        const known = YES_NO[wordKey(text)];
        return known ?? text;
      };
    case "words":
      return wordReader(field, sample, rules, nothing);
    case "postcode":
      return (text) => {
        if (meansNothing(text)) return nothing(text);
        const [digits] = /^\d{3,4}(?=(\.0+)?$)/.exec(text) ?? [];
        return digits ?? /\b\d{4}\b/.exec(text)?.[0] ?? text;
      };
    case "picture":
      return (text) => text;
    default:
      return (text, cell) => {
        if (cell instanceof Date) return text.slice(0, 10);
        // A name may be any text with a letter or digit.
        if (!field.required && field.name !== "name" && meansNothing(text)) return nothing(text);
        return text;
      };
  }
}

/** A price of 0 is unknown. */
const NO_DOLLARS = /^\$?\s*0+(\.0+)?$/;

const YES_NO: Readonly<Record<string, boolean>> = {
  ...Object.fromEntries(
    ["yes", "y", "true", "t", "1", "on", "x", "shown", "displayed", "disclosed", "public"].map((word) => [word, true]),
  ),
  ...Object.fromEntries(
    ["no", "n", "false", "f", "0", "off", "hidden", "suppressed", "undisclosed", "withheld", "private"].map((word) => [
      word,
      false,
    ]),
  ),
};

function wordReader(
  field: Field,
  sample: readonly unknown[],
  rules: Rules,
  nothing: (text: string) => unknown,
): ValueReader {
  const { name } = field;
  const words = wordsIn(name, sample);
  const own = new Set(
    ((field.schema.anyOf ?? []) as readonly { readonly const?: unknown }[]).map((choice) => String(choice.const)),
  );
  const keys = new Map<string, string>();
  return (text) => {
    if (own.has(text)) return text;
    const key = keys.get(text) ?? wordKey(text);
    if (keys.size < 1_000) keys.set(text, key);
    const known = words?.get(key);
    if (known !== undefined) {
      if (key !== wordKey(known)) rules.use(name, messages.readAs(text, known), text);
      return known;
    }
    if (meansNothing(text) || (name === "category" && meansAnyHome(text))) return nothing(text);
    if (name === "method" && outcomeOfMethod(text) !== null) {
      rules.use(name, messages.readAs(text, "auction"), text);
      return "auction";
    }
    const meant = words === undefined ? null : meaningOfPhrase(name, text);
    if (meant !== null) {
      rules.use(name, messages.readAs(text, meant), text);
      return meant;
    }
    if (name === "method") {
      rules.use(name, messages.readAs(text, "not_stated"), text);
      return "not_stated";
    }
    return text;
  };
}

/**
 * Dates: a column has one order, which its values decide; where none does, those of the table's other columns, and else
 * the day is first. A later value that contradicts it has the table read again.
 */
function dateReader(
  field: Field,
  header: string,
  sample: readonly unknown[],
  { rules, map, thisYear, order, daysBefore = 0 }: CellContext,
): ValueReader {
  const { name } = field;
  const votes = { day_first: 0, month_first: 0 };
  for (const cell of sample) {
    const vote = typeof cell === "string" ? orderOf(cell) : null;
    if (vote !== null) votes[vote] += 1;
  }
  const proved: DateOrder | null =
    votes.day_first === 0 && votes.month_first === 0
      ? null
      : votes.day_first >= votes.month_first
        ? "day_first"
        : "month_first";
  const used = map?.dateOrder ?? proved ?? order ?? "day_first";
  let evidence = map?.dateOrder != null || proved !== null || order !== null;
  return (text, cell) => {
    if (cell instanceof Date) return Number.isNaN(cell.getTime()) ? text : text.slice(0, 10);
    const number = typeof cell === "number" ? cell : daysBefore > 0 && /^\d{5}$/.test(text) ? Number(text) : 0;
    if (number > 0 && number < 100_000) {
      const serial = readSerial(number, daysBefore);
      if (serial?.rule != null) rules.use(name, serial.rule, text);
      return serial?.day ?? text;
    }
    if (/^\d{4}-\d{2}-\d{2}$/.test(text) && !text.startsWith("0000")) return text;
    if (meansNothing(text) || /^0{4}-?0{2}-?0{2}|^0+[/.-]0+[/.-]0+$/.test(text)) {
      rules.use(name, messages.unknown(text.slice(0, 20)), text);
      return NOTHING;
    }
    const vote = orderOf(text);
    if (vote !== null && vote !== used) {
      if (!evidence) throw new WrongAssumption({ order: vote });
      return new Unread(text, messages.dateOtherOrder(name, text, header, used === "day_first" ? "day" : "month"));
    }
    if (vote !== null) evidence = true;
    const read = readDay(text, used, thisYear);
    if (read === null) return new Unread(text, whyNoDay(name, text, used));
    if (read.rule !== null) {
      const doubt = !evidence && isAmbiguous(text);
      rules.use(name, doubt ? messages.dateOrderAssumed(read.rule) : read.rule, text);
    }
    return read.day;
  };
}
