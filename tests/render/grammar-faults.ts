const COUNTED =
  "sale|agent|agency|price|listing|property|record|result|day|bedroom|bathroom|place|neighbour|suburb|transfer";
const MANY =
  "sales|agents|agencies|prices|listings|properties|records|results|days|bedrooms|bathrooms|places|neighbours|suburbs|transfers";

/** What no page may have, by its name. */
const FAULTS: Readonly<Record<string, RegExp>> = {
  "one of many": new RegExp(`(?<![\\d.,#$–−-]|n )\\b1 (?:more |disclosed |joint |auction |rental )?(?:${MANY})\\b`),
  "many of one": new RegExp(
    `(?<![\\d.,#$])\\b(?:0|[2-9]|\\d{2,}) (?:more |disclosed |auction |rental )?(?:${COUNTED})\\b(?![- ](?:result|listing|price|street))(?! [\\d$–])`,
  ),
  "one are": /\b1 (?:sale|agent|agency|price|record|property|transfer|listing)s? (?:are|were|have)\b/,
  "no value": /\bNaN\b|undefined|\bnull\b|Infinity|\[object|Invalid Date/,
  "no dollars": /\$0(?![\d.,])(?! \$\d)|\$−|\$-/,
  "a dollar or a billion": /\$1(?![\d.,km])(?! or\b)|\$\d+(?:\.\d+)?b\b/,
  "minus nothing": /−0(?:\.0)?(?![\d.])/,
  "a space before a sign": / [%,;]|\( | \)| \.(?!\d)/,
  "a sign twice": /,,|;;|\.\.(?!\.)|,\.|;\.|\.;/,
  "a before a vowel": /\ba (?:auction|agent|agency|asking|undisclosed|increase|eoi|other|owner|area)\b/i,
  "an before a consonant": /\ban (?:sale|house|unit|private|tender|median|listing)\b/i,
  "a word twice": /\b(the|of|in|and|was|were|is|are|to|with|for|on|at|sales|sale) \1\b/,
  "a word broken": /\bne w\b/,
  "an announcement":
    /\b(?:[Tt]he (?:table|chart|list) (?:below|above|shows)|[Tt]his (?:page|section|chapter) (?:shows|lists)|[Pp]lease note|[Ii]t is worth)\b/,
  "a figure that is not there": /\d not in the data/,
  "parts of nothing": /\b0 of 0\b|\b(?:0|−) of the/,
};

/** Faults of grammar in a text whose blanks are one each. */
export function faultsOf(text: string): readonly string[] {
  return Object.entries(FAULTS).flatMap(([name, fault]) => {
    const found = fault.exec(text);
    if (found === null) return [];
    return [`${name}: …${text.slice(Math.max(0, found.index - 60), found.index + found[0].length + 40)}…`];
  });
}
