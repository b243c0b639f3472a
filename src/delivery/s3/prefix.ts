/** A key below the operator's prefix, which may be written with slashes at its ends or without. */
export function keyBelow(prefix: string, path: string): string {
  return [...prefix.split("/").filter((name) => name !== ""), path].join("/");
}
