import type { Column, Content } from "pdfmake/interfaces";
import type { ReportModel } from "../report/model.ts";
import { space } from "./charts/marks.ts";
import type { Tag } from "./structure/tag.ts";
import { clean, measure, text } from "./style/text.ts";
import { CONTENT_WIDTH, label, type Palette, SIZE } from "./style/theme.ts";

/** A part of the report that is named in the contents. */
export interface Chapter {
  readonly id: string;
  readonly title: string;
  /** Of a chapter that flows the first part stays with the title, so it must be short: a lead or a chart. */
  readonly content: readonly Content[];
  /** Begins where the one before ends, if there is room for its title and a little more; else on a page of its own. */
  readonly flows?: boolean;
  /** Of a chapter that flows: a page may end with the title and the first part. Else what follows begins below them. */
  readonly mayEndPage?: boolean;
}

/** Draws its part of the model; null where the model has nothing for it. */
export type Section = (model: ReportModel, palette: Palette) => Chapter | null;

interface CardFigure {
  readonly head: string;
  readonly value: string;
  readonly beside: string;
  readonly width: number;
  readonly palette: Palette;
}

/** Between a chapter and the next on the same page; it gives way where the next then has room. */
const BEFORE = { most: 26, least: 15 } as const;

/** The chapter's content under its title: a bookmark, and where the contents lead. */
export function opened({ id, title, content, flows = false, mayEndPage = false }: Chapter, palette: Palette): Content {
  const name = clean(title);
  const heading: Content = {
    text: name,
    font: "Serif",
    fontSize: SIZE.title,
    color: palette.ink,
    id,
    outline: true,
    outlineText: name,
    outlineExpanded: true,
    tag: "H2",
    margin: [0, 0, 0, 8],
  };
  if (!flows) return { stack: [heading, ...content], pageBreak: "before", tag: "Sect" };
  const [first, ...rest] = content;
  const breaks = mayEndPage || rest.length === 0 ? { unbreakable: true } : { keepWithNext: true };
  // No margin: at the end of a page it would move the next one's title down.
  const opening: Content = { stack: [space(BEFORE), heading, ...(first === undefined ? [] : [first])], ...breaks };
  return { stack: [opening, ...rest], tag: "Sect" };
}

/**
 * A paragraph that opens a chapter, and the notes to the table that follows. They are above it: what is below a table
 * may be alone at the top of the next page.
 */
export function lead(words: string, palette: Palette, notes: readonly Content[] = []): Content {
  const style = { fontSize: SIZE.body, lineHeight: 1.3, color: palette.muted };
  const opening = words === "" ? [] : [text(words, { ...style, margin: [0, 0, marginOf(words), 0] })];
  return { stack: [...opening, ...notes, space(LEAD_AFTER)] };
}

/** Points between it and what follows; they give way where that then has room. */
const LEAD_AFTER = { most: 14, least: 6 } as const;
const LEAD_RIGHT = 60;
/** The part of a line below which a last line looks like a remainder. */
const SHORT_LINE = 0.25;

/** The margin right of a lead: none if its last line would be a word or two, and a full width saves that line. */
function marginOf(words: string): number {
  const linesIn = (width: number) => (measure(clean(words), "Sans", SIZE.body) * 1.02) / width;
  const [usual, most] = [linesIn(CONTENT_WIDTH - LEAD_RIGHT), linesIn(CONTENT_WIDTH)];
  const isShort = usual > 1 && usual % 1 < SHORT_LINE;
  return isShort && Math.ceil(most) < Math.ceil(usual) ? 0 : LEAD_RIGHT;
}

/** A heading within a chapter. Put it into one unbreakable stack with what it heads. */
export function heading(words: string, palette: Palette, top = 16): Content {
  return text(words, { bold: true, fontSize: SIZE.lead, color: palette.ink, margin: [0, top, 0, 6], tag: "H3" });
}

/** A small heading in capitals; its tag states of what. */
export function caption(
  words: string,
  palette: Palette,
  margin: [number, number, number, number] = [0, 0, 0, 4],
  tag: Tag = "P",
): Content {
  return text(words.toUpperCase(), { ...label(palette.muted), margin, tag });
}

/** A figure of a card: its name, the figure itself, and what to compare it with. `width` in points. */
export function cardFigure({ head, value, beside, width, palette }: CardFigure): Column {
  return {
    width,
    stack: [
      caption(head, palette, [0, 0, 0, 1], "Lbl"),
      {
        stack: [
          text(value, { fontSize: SIZE.lead, bold: true }),
          text(beside, { fontSize: SIZE.label, color: palette.muted }),
        ],
        tag: "LBody",
      },
    ],
    tag: "LI",
  };
}

/** A chart under its caption; `alt` describes it in words. */
export function captioned(words: string, chart: Content, alt: string, palette: Palette): Content {
  return { stack: [caption(words, palette, undefined, "Caption"), chart], tag: { alt } };
}

/** What is below a table or chart. */
export function note(words: string, palette: Palette, top = 6): Content {
  const style = { fontSize: SIZE.small, lineHeight: 1.2, color: palette.muted };
  return text(words, { ...style, margin: [0, top, 0, 0], tag: "Note" });
}
