/** Objects of a PDF as qpdf reads them: another reader than the one that wrote them. */
export type Value = string | number | boolean | null | readonly Value[] | { readonly [key: string]: Value };
export type Dictionary = { readonly [key: string]: Value };

/** Every object of a PDF, with the data of its streams as far as they are compressed without loss. */
export async function objectsOf(path: string) {
  await Bun.$`qpdf --check ${path}`.quiet();
  const json = await Bun.$`qpdf --json=2 --json-stream-data=inline --decode-level=generalized ${path}`.quiet().json();
  const objects = json.qpdf[1] as Record<string, { value?: Value; stream?: { dict: Dictionary; data: string } }>;
  const at = (reference: Value | undefined) => objects[`obj:${reference}`];
  const dictionaries = Object.values(objects)
    .map(({ value, stream }) => stream?.dict ?? value)
    .filter((value): value is Dictionary => typeof value === "object" && value !== null && !Array.isArray(value));
  const trailer = objects.trailer?.value as Dictionary;
  /** What a value is, or what it refers to. */
  const resolve = (value: Value | undefined): Value | undefined => {
    const found = typeof value === "string" && /^\d+ \d+ R$/.test(value) ? at(value) : undefined;
    return found === undefined ? value : (found.value ?? found.stream?.dict);
  };
  return { at, resolve, objects, dictionaries, trailer, catalogue: at(trailer["/Root"])?.value as Dictionary };
}

/** The data of a stream. */
export function dataOf(object: { readonly stream?: { readonly data: string } } | undefined): Buffer {
  return Buffer.from(object?.stream?.data ?? "", "base64");
}
