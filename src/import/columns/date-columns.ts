/** A day in a property's life that a column may have, the likeliest to be of a contract first. */
type Event = "contract" | "sold" | "settled" | "auction" | "listed" | "leased" | "available";

/** What happens, in the words that names of columns have for it. */
const EVENTS: Readonly<Record<Event, string>> = {
  settled: "settled settlement settle settles completed completion closed closing close",
  contract: "contract contracts contracted exchange exchanges exchanged conditional unconditional agreement",
  sold: "sold sale sales sell purchase purchased bought transaction transacted transfer transferred deal",
  auction: "auction auctioned",
  listed: "listed listing list advertised launched launch published marketed campaign live",
  leased: "leased lease let rented tenancy",
  available: "available availability vacant",
};
/** What makes a name that of a day without a doubt. */
const DAY = new Set("date dt day when on since datetime timestamp".split(" "));
/** What changes nothing. "Previous", "end", "expiry" and "price" are not among them: these are other columns. */
const PLAIN = new Set(
  "of at the was is it a an property home house signed under time actual final last latest recent most became went made".split(
    " ",
  ),
);
const BEGIN = new Set(
  "from start started starts commenced commences commencing commencement begin begins began".split(" "),
);
const MARKET = new Set("first to the came put".split(" "));

const FIELDS: Readonly<Record<Event, string>> = {
  contract: "sold_date",
  sold: "sold_date",
  settled: "sold_date",
  auction: "sold_date",
  listed: "listed_date",
  leased: "leased_date",
  available: "available_date",
};

const events = new Map<string, Event>(
  (Object.keys(EVENTS) as Event[]).flatMap((event) => EVENTS[event].split(" ").map((word) => [word, event] as const)),
);

/** What a column's name means as a day. */
interface NamedDay {
  readonly field: string;
  readonly event: Event;
  /** The word for what happened. */
  readonly word: string;
  /** The name itself makes it a day: "When sold" and "Date of sale", but not "Sale". */
  readonly isSure: boolean;
}

/**
 * The day that a column is of by the words of its name, in any order: "When sold", "Contracts exchanged", "Day of
 * settlement", "Sale". Null for a name with another word, or of two days ("Listed / sold").
 */
export function namedDay(header: string): NamedDay | null {
  const words = header
    .replace(/(\p{Ll})(\p{Lu})/gu, "$1 $2")
    .toLowerCase()
    .split(/[^\p{L}]+/u)
    .flatMap((word) => /^(.{3,})(date|dt)$/.exec(word)?.slice(1) ?? word)
    .filter((word) => word !== "");
  const isMarket = /\b(?:on|to)\s(?:the\s)?market\b|\bfor\s(?:sale|lease|rent)\b/.test(words.join(" "));
  const named = new Set(words.flatMap((word) => events.get(word) ?? []));
  if (isMarket) {
    named.add("listed");
    for (const each of ["sold", "leased"] as const) named.delete(each);
  }
  // "Listing sold date" is a listing's, "Sale contract date" a sale's.
  if (named.has("sold") && words.includes("listing")) named.delete("listed");
  for (const [of, specific] of PARTS) if (named.has(of) && named.has(specific)) named.delete(of);
  const [event] = named;
  if (event === undefined || named.size > 1) return null;
  const isKnown = (word: string) =>
    events.has(word) ||
    DAY.has(word) ||
    PLAIN.has(word) ||
    ((event === "leased" || event === "available" || event === "listed") && BEGIN.has(word)) ||
    (event === "listed" && (MARKET.has(word) || (isMarket && /^(?:market|for|rent)$/.test(word))));
  if (!words.every(isKnown)) return null;
  const word = words.find((each) => events.get(each) === event) ?? event;
  return {
    field: FIELDS[event],
    event,
    word,
    isSure: words.some((each) => DAY.has(each) && !(isMarket && each === "on")),
  };
}

/** Of two words for days the one that a name is about: "Sale settlement date" is the settlement's. */
const PARTS: readonly (readonly [Event, Event])[] = [
  ["sold", "contract"],
  ["sold", "settled"],
  ["auction", "sold"],
  ["contract", "settled"],
  ["available", "leased"],
];
