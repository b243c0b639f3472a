import type { Content } from "pdfmake/interfaces";
import type { ReportModel } from "../report/model.ts";
import { clean, text } from "./text.ts";
import { label, type Palette, SIZE } from "./theme.ts";

/** A part of the report that begins on a page of its own and is named in the contents. */
export interface Chapter {
  readonly id: string;
  readonly title: string;
  readonly content: readonly Content[];
  /** The id of a chapter, never long, on whose page this one may begin. */
  readonly mayFollow?: string;
}

/** Draws its part of the model; null where the model has nothing for it. */
export type Section = (model: ReportModel, palette: Palette) => Chapter | null;

/** The chapter's content under its title: a bookmark, and where the contents lead. */
export function opened(
  { id, title, content, mayFollow }: Chapter,
  before: Chapter | undefined,
  palette: Palette,
): Content {
  const follows = before !== undefined && mayFollow === before.id;
  const name = clean(title);
  return {
    stack: [
      {
        text: name,
        font: "Serif",
        fontSize: SIZE.title,
        color: palette.ink,
        id,
        outline: true,
        outlineText: name,
        outlineExpanded: true,
        margin: [0, 0, 0, 10],
      },
      ...content,
    ],
    ...(follows ? { margin: [0, 34, 0, 0] } : { pageBreak: "before" }),
  };
}

/** A paragraph that opens a chapter. */
export function lead(words: string, palette: Palette): Content {
  return text(words, { fontSize: SIZE.body, lineHeight: 1.3, color: palette.muted, margin: [0, 0, 60, 14] });
}

/** A heading within a chapter. Put it into one unbreakable stack with what it heads. */
export function heading(words: string, palette: Palette, top = 16): Content {
  return text(words, { bold: true, fontSize: SIZE.lead, color: palette.ink, margin: [0, top, 0, 6] });
}

/** A small heading in capitals. */
export function caption(
  words: string,
  palette: Palette,
  margin: [number, number, number, number] = [0, 0, 0, 4],
): Content {
  return text(words.toUpperCase(), { ...label(palette.muted), margin });
}

/** What stands below a table or chart. */
export function note(words: string, palette: Palette, top = 6): Content {
  return text(words, { fontSize: SIZE.small, lineHeight: 1.2, color: palette.muted, margin: [0, top, 0, 0] });
}
