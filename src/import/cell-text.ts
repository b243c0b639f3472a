/** A text without blanks around it, and without the sign by which spreadsheets mark a number as a text. */
export function bareText(text: string): string {
  const trimmed = text.trim();
  return /^'[\d$+-]/.test(trimmed) ? trimmed.slice(1) : trimmed;
}

/** What no text has but by mistake: line ends and tabs are none of these. */
export const CONTROLS = /[^\P{Cc}\t\r\n]/gu;
const CONTROL = new RegExp(CONTROLS.source, "u");

export function hasControls(text: string): boolean {
  return CONTROL.test(text);
}

/** A text without such characters. */
export function withoutControls(text: string): string {
  return hasControls(text) ? text.replace(CONTROLS, "") : text;
}

/** In a cell whose formula was saved without its value, as by programs that make workbooks. */
export const UNSAVED_FORMULA = "#FORMULA!";

/** What a spreadsheet shows for a formula that failed, and what stands for one without a value. */
export function isExcelError(text: string): boolean {
  return /^#(formula!|n\/a|ref!|value!|name\?|div\/0!|num!|null!|spill!|calc!|error!?|getting_data)$/i.test(text);
}

/** A cell as it is examined to recognise its column. */
export function cleanCell(cell: unknown): unknown {
  if (typeof cell !== "string") return cell;
  const text = bareText(withoutControls(cell));
  return isExcelError(text) ? null : text;
}
