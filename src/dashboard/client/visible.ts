/** As the service's own: what shows itself as something else, or not at all. */
const DECEPTIVE = /(?!\n|\t|\uFE0E|\uFE0F)[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\u2028\u2029\u2800]/gu;

/** Reads JSON of the service for the page: in every text of it such characters are written out (\u202e), whatever their source. */
export function readVisible<T>(json: string): T {
  return JSON.parse(json, (_key, value: unknown) => (typeof value === "string" ? visible(value) : value)) as T;
}

function visible(text: string): string {
  return text.replace(DECEPTIVE, (character) =>
    [...Array(character.length).keys()]
      .map((at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, "0")}`)
      .join(""),
  );
}
