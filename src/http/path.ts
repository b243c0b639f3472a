/** A parameter of the path, as the OpenAPI document has it. */
export function inPath(name: string, description: string, words?: readonly string[]) {
  const schema = { type: "string", ...(words === undefined ? {} : { enum: words }) };
  return { name, in: "path", description, schema } as const;
}

/** A decoded part of a path; an invalid encoding is used unchanged. */
export function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
