/** A parameter of the path, as the OpenAPI document has it. */
export function inPath(name: string, description: string, words?: readonly string[]) {
  const schema = { type: "string", ...(words === undefined ? {} : { enum: words }) };
  return { name, in: "path", description, schema } as const;
}

/** A part of a path as it was meant; what is no encoding of anything is taken as it is. */
export function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
