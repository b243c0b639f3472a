/** Objects that only wrap the fields of a row: their names say nothing of what is in them. */
const WRAPPERS = /^(fields|attributes|properties|data|json|item|node|record|row|listing|details|propertydetails)$/i;
/** Names that say nothing without the one around them: `suburb.name`, `landArea.value`. */
const GENERIC =
  /^(name|value|values|text|label|title|display|abbreviation|code|number|amount|unit|units|type|date|id|full|short|long|min|max|from|to|url|price|status|description|key)$/i;
const DEEPEST = 6;

/**
 * The fields of an object as columns, those of objects within it, too. A field is called by its own name, with that of the
 * object around it where its own says too little or is taken: `address.suburb.name` is "suburb name".
 * `isNested`: objects that are one value.
 */
export function flatten(
  value: Readonly<Record<string, unknown>>,
  isNested: (name: string) => boolean,
): ReadonlyMap<string, unknown> {
  const flat = new Map<string, unknown>();
  const later: { readonly path: readonly string[]; readonly inside: unknown }[] = [];
  const walk = (object: Readonly<Record<string, unknown>>, path: readonly string[]) => {
    for (const [name, inside] of Object.entries(object)) {
      const isObject = typeof inside === "object" && inside !== null && !Array.isArray(inside);
      if (isObject && path.length < DEEPEST && !(path.length === 0 && isNested(name)))
        walk(inside as Readonly<Record<string, unknown>>, [...path, name]);
      else if (path.length === 0) flat.set(name, inside);
      else later.push({ path: [...path, name], inside });
    }
  };
  walk(value, []);
  for (const { path, inside } of later) flat.set(nameOf(path, flat), inside);
  return flat;
}

function nameOf(path: readonly string[], taken: ReadonlyMap<string, unknown>): string {
  const telling = path.filter((name, at) => at === path.length - 1 || !WRAPPERS.test(name));
  let from = telling.length - 1;
  if (GENERIC.test(telling[from] ?? "") && from > 0) from -= 1;
  const suffix = (parts: readonly string[], at: number) => parts.slice(at).join(" ");
  while (from > 0 && taken.has(suffix(telling, from))) from -= 1;
  if (!taken.has(suffix(telling, from))) return suffix(telling, from);
  return path.join(" ");
}
