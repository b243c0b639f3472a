/** A shorter piece of an id is not specific. */
const PIECE = /^[0-9a-f-]{4,36}$/i;
const WHOLE = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/i;
/**
 * A file as it is delivered: its name begins with its day or ends as a PDF's, and its job's short id is its last word.
 */
const FILE = /^(?:.*[/\\])?(?:\d{4}-\d\d-\d\d\b.*|.*(?=\.pdf\s*$))/is;
const LAST_WORD = /(?:^|[^0-9a-z])([0-9a-f]{8})(?:\s*\(\d+\))?(?:\.pdf)?$/i;

/**
 * The id, or the beginning or end of one, that people copy from where they see it: by itself, from an address, or with
 * the name of a delivered file around it (a browser adds " (1)" to a second download). Null if there is none.
 */
export function jobIdIn(text: string): string | null {
  const given = text.trim();
  return PIECE.test(given) ? given.toLowerCase() : jobIdAround(given);
}

/** As jobIdIn, where the text is more than an id; null for a word or two of a search. */
export function jobIdAround(text: string): string | null {
  const given = text.trim();
  const whole = WHOLE.exec(given)?.[0] ?? (FILE.test(given) ? LAST_WORD.exec(given)?.[1] : undefined);
  return whole?.toLowerCase() ?? null;
}
