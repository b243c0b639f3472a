import { PATTERN } from "../../input/patterns.ts";
import type { PictureUse, PreparedPicture } from "../../pictures/picture.ts";

/** Prepares a picture, here or in a thread: it takes a tenth of a second and more. */
export type DrawPicture = (dataUri: string, use: PictureUse) => Promise<PreparedPicture>;

/** The row with its pictures as they are stored. What is no picture's data URI is left to the check of the row. */
export async function withDrawnPictures(
  value: unknown,
  draw: DrawPicture,
): Promise<{ readonly value: unknown } | { readonly reason: string }> {
  if (typeof value !== "object" || value === null) return { value };
  const row = value as Readonly<Record<string, unknown>>;
  const drawn: Record<string, unknown> = {};
  for (const use of ["photo", "logo"] as const) {
    const given = row[use];
    if (typeof given !== "string" || !IS_PICTURE.test(given.trim())) continue;
    const picture = await draw(given.trim(), use);
    if ("problem" in picture) return { reason: `${use} ${picture.problem}` };
    drawn[use] = picture.picture;
  }
  return { value: Object.keys(drawn).length === 0 ? value : { ...row, ...drawn } };
}

const IS_PICTURE = new RegExp(PATTERN.picture);
