import type { Refusal } from "../api.ts";
import { messages } from "./messages.ts";

/** Pictures and data are read in the browser; those above the limit of a request are refused before. */
const FILE_BYTES = 4_000_000;
/** What is in the form beside the fields of a request. */
const BRANDING = ["branding_name", "branding_colour", "branding_contact", "branding_logo"] as const;
const DELIVERY = ["delivery_folder", "delivery_filename"] as const;

const SUBJECT = "subject_";

/** A complaint about one field of the form. */
export class FormProblem extends Error {
  readonly path: string;
  constructor(path: string, message: string) {
    super(message);
    this.path = path;
  }
}

/** The fields of a request as they were filled in, without the suburb. @throws FieldProblem. */
export async function bodyOf(form: FormData): Promise<Record<string, unknown>> {
  const body: Record<string, unknown> = {};
  const branding: Record<string, string> = {};
  const delivery: Record<string, string> = {};
  const subject: Record<string, string> = {};
  for (const [name, value] of form) {
    if (name === "more_suburbs") continue;
    if (value instanceof File) {
      if (value.size === 0) continue;
      if (value.size > FILE_BYTES)
        throw new FormProblem(`/${name}`, messages.fileTooLarge(value.name, (value.size / 1e6).toFixed(1)));
      if (name === "logo") branding.logo = await dataUri(value);
      else body.data = await parsed(value);
    } else if (value.trim() === "") continue;
    // A file that was chosen comes before the logo that the catalogue has.
    else if (BRANDING.some((each) => each === name)) branding[name.slice("branding_".length)] ??= value.trim();
    else if (DELIVERY.some((each) => each === name)) delivery[name.slice("delivery_".length)] = value.trim();
    else if (name.startsWith(SUBJECT)) subject[name.slice(SUBJECT.length)] = value.trim();
    else if (name === "metadata") body.metadata = notesOf(value);
    else body[name] = value;
  }
  return {
    ...body,
    ...(Object.keys(branding).length === 0 ? {} : { branding }),
    ...(Object.keys(delivery).length === 0 ? {} : { delivery }),
    ...(Object.keys(subject).length === 0 ? {} : { subject }),
  };
}

/** "name: value" a line; a value that is a JSON object, list or text is that. @throws FieldProblem. */
function notesOf(text: string): Readonly<Record<string, unknown>> {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  return Object.fromEntries(
    lines.map((line) => {
      const colon = line.indexOf(":");
      const name = line.slice(0, colon).trim();
      if (colon === -1 || name === "") throw new FormProblem("/metadata", messages.notANote(line.trim()));
      const value = line.slice(colon + 1).trim();
      return [name, /^[[{"]/.test(value) ? jsonOr(value) : value];
    }),
  );
}

function jsonOr(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** As notesOf reads them. */
function notesAsText(notes: Readonly<Record<string, unknown>>): string {
  const written = (value: unknown) =>
    typeof value === "string" && !/^\s*[[{"]|\n/.test(value)
      ? value
      : typeof value === "number"
        ? String(value)
        : JSON.stringify(value);
  return Object.entries(notes)
    .map(([name, value]) => `${name}: ${written(value)}`)
    .join("\n");
}

/** The suburbs of other reports, a line each, such as "Bondi NSW" or "2026"; the service reads them. */
export function moreSuburbs(text: string): readonly { readonly suburb: string }[] {
  return text.split(/[\n;]+/).flatMap((line) => (line.trim() === "" ? [] : [{ suburb: line.trim() }]));
}

/** The fields that the form's one line for the suburb stands for. */
export const OF_LOCALITY = ["suburb", "state", "postcode"] as const;

/** A complaint about one of these fields, with the field's name if it begins with its verb: "The state is required". */
export function sentenceOf(name: (typeof OF_LOCALITY)[number], message: string | undefined): string | undefined {
  return message?.startsWith("is ") ? `The ${name} ${message}` : message;
}

/**
 * What is wrong, by the form's fields: of a batch the first request is the form itself, and the others are lines of one
 * field that differ from it in their suburb alone. The first is a line, too, where the form's own suburb is empty.
 */
export function problemsOfForm(
  problems: Refusal["problems"],
  localities: readonly { readonly suburb: string }[],
  isListed: boolean,
): Refusal["problems"] {
  return problems.flatMap(({ index, problems: own = [], ...problem }) => {
    const isFirst = index === undefined || index === 0;
    const all = index === undefined ? [problem] : own.length > 0 ? own : [problem];
    const line = localities[index ?? 0]?.suburb;
    const isOfLocality = ({ path = "" }: { readonly path?: string }) => OF_LOCALITY.some((name) => path === `/${name}`);
    if (line === undefined || (isFirst && !isListed)) return all;
    // The others have the form's fields but for their suburb: the first one reports what else is wrong.
    const problems = all.flatMap((each) =>
      isOfLocality(each)
        ? `the ${(each.path ?? "").slice(1)} ${each.message}`
        : isFirst || own.length > 0
          ? []
          : each.message,
    );
    return [
      ...problems.map((message) => ({ path: "/more_suburbs", message: `"${line}": ${message}` })),
      ...(isFirst ? all.filter((each) => !isOfLocality(each)) : []),
    ];
  });
}

/** Fills in the form with an earlier request. */
export function fillIn(form: HTMLFormElement, request: Readonly<Record<string, unknown>>): void {
  const { branding = {}, delivery = {}, subject = {}, metadata, ...plain } = request;
  const inner = (prefix: string, fields: unknown) =>
    Object.entries((fields ?? {}) as Record<string, unknown>).map(([name, value]) => [`${prefix}_${name}`, value]);
  const all = [
    ...Object.entries(plain),
    ...inner("branding", branding),
    ...inner("delivery", delivery),
    ...inner("subject", subject),
  ];
  if (typeof metadata === "object" && metadata !== null)
    all.push(["metadata", notesAsText(metadata as Readonly<Record<string, unknown>>)]);
  for (const [name, value] of all) {
    const control = form.elements.namedItem(String(name));
    if (control instanceof HTMLInputElement && control.type === "checkbox") control.checked = value === true;
    else if (control instanceof HTMLInputElement && control.type === "file") continue;
    else if (isField(control)) control.value = asText(value);
    if (isField(control) && control.value !== "") control.closest("details")?.setAttribute("open", "");
  }
}

function isField(control: unknown): control is HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement {
  return [HTMLInputElement, HTMLSelectElement, HTMLTextAreaElement].some((each) => control instanceof each);
}

function asText(value: unknown): string {
  if (!Array.isArray(value)) return String(value);
  const parts = value.map((each) =>
    typeof each === "object" ? Object.values(each as object).join(" ") : String(each),
  );
  return parts.join(value.some((each) => typeof each === "object") ? "; " : ", ");
}

function dataUri(file: File): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result));
    reader.onerror = () => reject(new FormProblem("/logo", messages.unreadablePicture));
    reader.readAsDataURL(file);
  });
}

async function parsed(file: File): Promise<unknown> {
  try {
    return JSON.parse(await file.text());
  } catch {
    throw new FormProblem("/data", messages.notJson(file.name));
  }
}
