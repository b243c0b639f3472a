import { Parser } from "htmlparser2";
import { asFailure, Failure } from "../../failure.ts";
import { decodeText, detectEncoding, WrongAssumption } from "../files/encoding.ts";
import { messages } from "../messages.ts";
import { headOf, type ImportSource } from "../source.ts";

/** An element of a listing. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly text: string;
  readonly children: readonly XmlElement[];
}

/** A listing of a file: an element of its root. */
export interface ListingElement extends XmlElement {
  /** Which one it is, from 1. */
  readonly number: number;
  /** The file's own time, for listings without one. */
  readonly fileTime: string;
  /** The file ends within it. */
  readonly cut: boolean;
}

const MAX_BYTES = 100 * 1_024 * 1_024;
const MAX_TEXT = 20_000;
const MAX_DEPTH = 20;
const KINDS = new Set([
  "residential",
  "rental",
  "land",
  "rural",
  "commercial",
  "commercialLand",
  "business",
  "holidayRental",
]);
/** What is used of a listing: not its description, its pictures and its open times. */
const USED = new Set(
  "agentID,uniqueID,authority,underOffer,listingAgent,price,priceView,rent,address,category,landCategory,ruralCategory,commercialCategory,businessCategory,features,landDetails,auction,auctionOutcome,soldDetails,dateAvailable".split(
    ",",
  ),
);

/** Every name of an element or an attribute that is used, as the format's document type writes it. */
const NAMES = new Map(
  [
    ...["propertyList", ...KINDS, ...USED],
    ..."name,telephone,email,range,min,max,site,subNumber,lotNumber,streetNumber,street,suburb,state,region,postcode,country".split(
      ",",
    ),
    ..."bedrooms,bathrooms,garages,carports,openSpaces,area,auctionDate,auctionMaxBid,auctionResult,soldPrice,soldDate".split(
      ",",
    ),
    ..."modTime,status,date,id,display,value,type,unit,period,uniqueListingAgentID".split(","),
  ].map((name) => [name.toLowerCase(), name]),
);

/**
 * A name in any case and with any prefix, as the document type has it: some CRMs write all in capitals, or in a
 * namespace.
 */
function usual(name: string): string {
  const local = name.slice(name.indexOf(":") + 1);
  return NAMES.get(local.toLowerCase()) ?? local;
}

function attributesOf(given: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(given).map(([name, value]) => {
      const known = usual(name);
      return [known, known === "display" ? value.trim().toLowerCase() : value];
    }),
  );
}

/**
 * The listings of a REAXML file, one after another: no more of it is in memory. No document type is loaded, and no entity
 * replaced but XML's own five and numbers.
 * @throws Failure "bad_reaxml" for another document, and for one that defines entities; "too_large".
 */
export async function* parseListings(
  source: ImportSource,
  warn: (warning: string) => void,
): AsyncGenerator<ListingElement> {
  const found: ListingElement[] = [];
  const stack: { name: string; attributes: Record<string, string>; text: string; children: XmlElement[] }[] = [];
  let root: string | null = null;
  let fileTime = "";
  let number = 0;
  let skipped = 0;
  let failure: Failure | null = null;
  const parser = new Parser(
    {
      onprocessinginstruction(name, data) {
        if (!/^!doctype/i.test(name) && !/^!entity/i.test(name)) return;
        if (data.includes("[") || /^!entity/i.test(name)) failure ??= new Failure("bad_reaxml", messages.xmlEntities);
      },
      onopentag(written, given) {
        const [name, attributes] = [usual(written), attributesOf(given)];
        if (root === null) {
          root = name;
          fileTime = attributes.date ?? "";
          if (name !== "propertyList" && !KINDS.has(name))
            failure ??= new Failure("bad_reaxml", messages.notReaxml(written.slice(0, 60)));
          if (!KINDS.has(name)) return;
        }
        if (stack.length === 0 && !KINDS.has(name)) return;
        // An unclosed listing ends where the next begins, which is not affected.
        const [unclosed] = stack;
        if (unclosed !== undefined && KINDS.has(name)) {
          number += 1;
          found.push({ ...unclosed, text: "", number, fileTime, cut: true });
          stack.length = 0;
          skipped = 0;
        }
        if (skipped > 0 || stack.length > MAX_DEPTH || (stack.length === 1 && !USED.has(name))) {
          skipped += 1;
          return;
        }
        stack.push({ name, attributes, text: "", children: [] });
      },
      ontext(text) {
        const open = stack.at(-1);
        if (open !== undefined && skipped === 0 && open.text.length < MAX_TEXT) open.text += text;
      },
      onclosetag(written, implied) {
        const name = usual(written);
        if (skipped > 0) {
          skipped -= 1;
          return;
        }
        const closed = stack.at(-1);
        if (closed === undefined || closed.name !== name) return;
        stack.pop();
        const node = { ...closed, text: closed.text.trim() };
        const parent = stack.at(-1);
        if (parent !== undefined) parent.children.push(node);
        else {
          number += 1;
          found.push({ ...node, number, fileTime, cut: implied && ended });
        }
      },
    },
    { xmlMode: true, decodeEntities: true },
  );
  let ended = false;
  let controls = 0;
  for await (const text of xmlText(source, warn)) {
    parser.write(
      text.replace(/\p{Cc}/gu, (character) => {
        if ("\t\n\r".includes(character)) return character;
        controls += 1;
        return "\ufffd";
      }),
    );
    if (failure !== null) throw failure;
    yield* found.splice(0);
  }
  ended = true;
  parser.end();
  if (failure !== null) throw failure;
  if (root === null) throw new Failure("bad_reaxml", messages.notXml);
  if (controls > 0) warn(messages.controlCharacters(controls));
  yield* found.splice(0);
}

/** As UTF-16 or UTF-8 if it is valid, as Windows-1252 if it only claims to be UTF-8. */
async function* xmlText(source: ImportSource, warn: (warning: string) => void): AsyncGenerator<string> {
  const { head } = await headOf(source, 65_536);
  const named = /^[^<]*<\?xml[^>]*encoding=["']([\w-]+)["']/i
    .exec(Buffer.from(head.subarray(0, 200)).toString("latin1"))?.[1]
    ?.toLowerCase();
  const latin = named === "windows-1252" || named === "iso-8859-1" || named === "latin1";
  const encoding = latin ? "windows-1252" : detectEncoding(head);
  const actual = encoding === "utf-8" ? await actualEncoding(source) : null;
  if (actual === "windows-1252") {
    warn(messages.windows1252);
    yield* bounded(decodeText(source.open(), "windows-1252"));
  } else if (actual === "damaged") {
    warn(messages.badUtf8);
    const decoder = new TextDecoder();
    for await (const chunk of source.open()) yield decoder.decode(chunk, { stream: true });
  } else yield* bounded(decodeText(source.open(), encoding));
}

async function actualEncoding(source: ImportSource): Promise<"windows-1252" | "damaged" | null> {
  try {
    for await (const _ of decodeText(source.open(), "utf-8"));
    return null;
  } catch (error) {
    if (error instanceof WrongAssumption) return "windows-1252";
    if (asFailure(error).code === "not_utf8") return "damaged";
    throw error;
  }
}

async function* bounded(text: AsyncIterable<string>): AsyncGenerator<string> {
  let length = 0;
  for await (const part of text) {
    length += part.length;
    if (length > MAX_BYTES) throw new Failure("too_large", messages.reaxmlTooLarge(MAX_BYTES / 1_048_576));
    yield part;
  }
}
