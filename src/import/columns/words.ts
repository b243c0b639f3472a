import { Category, Sale, SaleMethod } from "../../report/data-set.ts";

/** What a word of a portal or a CRM means here, and null for an unknown word. */
export type Words = ReadonlyMap<string, string>;

/** A word without case, blanks and signs: "Semi-Detached", "semi detached" and "SEMIDETACHED" are one. */
export function wordKey(text: string): string {
  return text
    .normalize("NFKD")
    .toLowerCase()
    .replace(/\p{M}/gu, "")
    .replace(/[^\p{L}\p{N}]/gu, "");
}

/** What a schema of fixed words takes. */
function choicesOf(schema: { readonly anyOf?: readonly { readonly const?: unknown }[] }): ReadonlySet<string> {
  return new Set((schema.anyOf ?? []).map((choice) => String(choice.const)));
}

/**
 * Each line: what it means, the first that the schema has, and how portals (Domain, realestate.com.au), CRMs and
 * REAXML write it. Townhouses and villas are houses where the schema has no finer word.
 */
const CATEGORY_WORDS: readonly (readonly [readonly string[], string])[] = [
  [
    ["house"],
    "house, houses, free standing house, freestanding, detached, detached house, residential house, dwelling, single family, home, cottage, bungalow, new house, new house land, new home designs, house land, house and land, alpine, queenslander, display home, new home, dual occupancy, granny flat house",
  ],
  [
    ["townhouse", "house"],
    "townhouse, town house, townhouses, villa, villa unit, terrace, terrace house, terraced, semi, semi detached, duplex, duplex semi detached, duplex half, row house, new townhouse, new terrace, triplex",
  ],
  [
    ["unit", "house"],
    "unit, units, apartment, apartments, flat, flats, apartment unit flat, unit apartment, home unit, strata, studio, studio apartment, penthouse, new apartments, new apartment, apartment off plan, new apartments off the plan, block of units, blockofunits, serviced apartment, strata unit, condo, condominium, granny flat, loft, retirement, retirement village, retirement living, retirement unit, one bedroom unit",
  ],
  [
    ["land", "other"],
    "land, vacant land, vacant, residential land, new land, block, block of land, development site, allotment, lot, land only, section, house site",
  ],
  [
    ["rural", "house"],
    "acreage, acreage semi rural, acreagesemirural, semi rural, lifestyle, lifestyle property, hobby farm, rural residential",
  ],
  [
    ["rural", "other"],
    "rural, farm, cropping, livestock, mixed farming, dairy, horticulture, viticulture, farmlet, grazing, rural lifestyle, specialist farm",
  ],
  [
    ["other"],
    "other, others, car space, carspace, carpark, car park, parking, garage, commercial, retail, office, offices, industrial, warehouse, boat shed, marina berth, storage, storage unit, business, hotel leisure, medical consulting, showrooms bulky goods, mixed use, investment, unknown, not stated",
  ],
];

const METHOD_WORDS: readonly (readonly [string, string])[] = [
  [
    "auction",
    "auction, auctions, sold at auction, sold by auction, sold under the hammer, under the hammer, auction sale, auctioned, at auction, by auction, auction sold, s, sn",
  ],
  [
    "sold_prior",
    "prior to auction, sold prior, sold prior to auction, sold before auction, before auction, prior, auction prior, sold prior auction, prior auction, sp, pn",
  ],
  [
    "sold_after",
    "after auction, sold after, sold after auction, post auction, sold post auction, auction after, following auction, sa, ss",
  ],
  [
    "private_treaty",
    "private treaty, private sale, treaty, pt, sold by private treaty, private, normal sale, private contract, exclusive, open, open listing, multilist, sole agency, exclusive agency, negotiation, by negotiation, sale by negotiation, for sale, forsale, sale, set sale, setsale, set date sale, fixed date sale, fixed price, private treaty sale, conjunctional, listing, offers, standard",
  ],
  [
    "eoi",
    "eoi, expression of interest, expressions of interest, sold by expression of interest, by expressions of interest",
  ],
  ["tender", "tender, public tender, sold by tender, by tender, offers to purchase, closed tender"],
  ["off_market", "off market, offmarket, off market sale, silent sale, pre market, sold off market, unadvertised"],
  ["not_stated", "not stated, unknown, unspecified, other, none, na"],
];

const OUTCOME_WORDS: readonly (readonly [string, string])[] = [
  [
    "sold",
    "sold, sale, settled, exchanged, unconditional, complete, completed, closed, sold by auction, sold at auction, sold prior, sold prior to auction, sold after auction, sold after, sold by private treaty, under the hammer, sold private treaty, sold unconditional, contract exchanged",
  ],
  [
    "passed_in",
    "passed in, passedin, passed, pass in, vendor bid, passed in vendor bid, no bid, nb, no sale, not sold, pi, vb, unsold",
  ],
  [
    "withdrawn",
    "withdrawn, withdrawn from auction, withdrawn prior, withdrawn from sale, off the market, w, cancelled, wd",
  ],
];

function table(lines: readonly (readonly [string, string])[], known: ReadonlySet<string>): Words {
  const words = new Map<string, string>();
  for (const [meaning, spellings] of lines)
    if (known.has(meaning)) for (const each of spellings.split(",")) words.set(wordKey(each), meaning);
  for (const each of known) words.set(wordKey(each), each);
  return words;
}

const categories = choicesOf(Category);
const firstKnown = (meanings: readonly string[]) => meanings.find((each) => categories.has(each)) ?? "other";

/** Words by the field that they are in. A field that is not here takes the words of its schema alone. */
export const WORDS: Readonly<Record<string, Words>> = {
  category: table(
    CATEGORY_WORDS.map(([meanings, spellings]) => [firstKnown(meanings), spellings]),
    categories,
  ),
  method: table(METHOD_WORDS, choicesOf(SaleMethod)),
  outcome: table(OUTCOME_WORDS, choicesOf(Sale.properties.outcome)),
};

/** Property types of published lists of sales. */
const CATEGORY_LETTERS: Words = new Map([
  ["h", firstKnown(["house"])],
  ["t", firstKnown(["townhouse", "house"])],
  ["u", firstKnown(["unit"])],
]);

/**
 * Words that are known in the column of these values. A letter is one only where all values are such letters, houses
 * among them: beside an `f` (flat), as lists of bonds have it, a `u` is an unknown type.
 */
export function wordsIn(field: string, values: readonly unknown[]): Words | undefined {
  const keys = new Set(values.map((value) => wordKey(String(value ?? ""))).filter((key) => key !== ""));
  const areLetters = field === "category" && keys.has("h") && [...keys].every((key) => CATEGORY_LETTERS.has(key));
  return areLetters ? CATEGORY_LETTERS : WORDS[field];
}

/** How sales are described in more words than one; the first that fits. */
const METHOD_PHRASES: readonly (readonly [RegExp, string])[] = [
  [/auction/i, "auction"],
  [/off.?market/i, "off_market"],
  [/expressions?\s+of\s+interest|\beoi\b/i, "eoi"],
  [/\btender/i, "tender"],
  [/treaty|negotiat|private\s+(sale|contract)/i, "private_treaty"],
];
const PRIOR = /\b(prior|before|pre|early)\b/i;
const AFTER = /\b(after|post|following|passed)\b/i;

/**
 * What a phrase means that is no known one as a whole: a property type by its words, if all known ones agree
 * ("House & Land Package", "Flat/Unit/Apartment"); a method by what it is about ("Auction - sold prior"). Null for others.
 */
export function meaningOfPhrase(field: string, text: string): string | null {
  if (field === "category") {
    const known = text
      .split(/[^\p{L}]+/u)
      .flatMap((word) => (word.length < 4 ? [] : (WORDS.category?.get(wordKey(word)) ?? [])));
    // A house with its land is a house.
    const meanings = new Set(
      known.length > 1 && known.includes("house") ? known.filter((each) => each !== "land") : known,
    );
    return meanings.size === 1 ? ([...meanings][0] ?? null) : null;
  }
  if (field !== "method") return null;
  const [, meaning = null] = METHOD_PHRASES.find(([pattern]) => pattern.test(text)) ?? [];
  if (AFTER.test(text) && /auction|passed\s+in/i.test(text)) return "sold_after";
  return meaning === "auction" && PRIOR.test(text) ? "sold_prior" : meaning;
}

/** A method that also reports the result: "Passed in", "Withdrawn" and "Vendor bid" in a column of methods. */
export function outcomeOfMethod(word: string): "passed_in" | "withdrawn" | null {
  const outcome = WORDS.outcome?.get(wordKey(word));
  return outcome === "passed_in" || outcome === "withdrawn" ? outcome : null;
}

const NOTHING_WORDS = new Set(
  ",na,nil,none,null,undefined,unknown,tbc,tba,notavailable,notapplicable,notprovided,notset,notknown,blank,empty,missing".split(
    ",",
  ),
);

/** Property types that mean only that it is a home: the address and the bedrooms are more precise. */
const ANY_HOME = new Set(["residential", "residentialsale", "residentialproperty", "residentialsales", "property"]);

export function meansAnyHome(text: string): boolean {
  return ANY_HOME.has(wordKey(text));
}

/** What people leave where they know nothing: "-", "n/a", "nil", "TBA". */
export function meansNothing(text: string): boolean {
  return text.length < 20 && NOTHING_WORDS.has(wordKey(text));
}

const NO_PRICE =
  /^(contact|call|phone|enquire|ask|speak|price|withheld|undisclosed|not|no|auction|forthcoming|poa|p\.o\.a|on|by|expressions?|eoi|tender|private|confidential|for|just|new|under|sold|offers?|best|negotiable|all|preview|coming|register|deadline|set|final|motivated|must|suppressed|hidden|tba|tbc|-+)\b/i;

/** Words in place of a price that mean that there is none: "Contact agent", "withheld", "Auction". */
export function meansNoPrice(text: string): boolean {
  return meansNothing(text) || (!/\d/.test(text) && NO_PRICE.test(text.trim()));
}
