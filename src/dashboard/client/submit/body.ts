import type { Refusal } from "../api.ts";

/** Pictures and data are read in the browser; larger ones than a request may be are refused before they are. */
const FILE_BYTES = 4_000_000;
/** What stands in the form beside the fields of a request. */
const BRANDING = ["branding_name", "branding_colour", "branding_contact", "branding_logo"] as const;
const DELIVERY = ["delivery_folder", "delivery_filename"] as const;

/** A complaint about one field of the form. */
export class FieldProblem extends Error {
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
  for (const [name, value] of form) {
    if (name === "more_suburbs") continue;
    if (value instanceof File) {
      if (value.size === 0) continue;
      if (value.size > FILE_BYTES) throw new FieldProblem(`/${name}`, "The file is too large: 4 MB at most.");
      if (name === "logo") branding.logo = await dataUri(value);
      else body.data = await parsed(value);
    } else if (value.trim() === "") continue;
    else if (BRANDING.some((each) => each === name)) branding[name.slice("branding_".length)] = value.trim();
    else if (DELIVERY.some((each) => each === name)) delivery[name.slice("delivery_".length)] = value.trim();
    else body[name] = value;
  }
  return {
    ...body,
    ...(Object.keys(branding).length === 0 ? {} : { branding }),
    ...(Object.keys(delivery).length === 0 ? {} : { delivery }),
  };
}

/** The suburbs of other reports, a line each, such as "Bondi NSW" or "2026"; the service reads them. */
export function moreSuburbs(text: string): readonly { readonly suburb: string }[] {
  return text.split(/[\n;]+/).flatMap((line) => (line.trim() === "" ? [] : [{ suburb: line.trim() }]));
}

/**
 * What is wrong, by the form's fields: of a batch the first request is the form itself, and the others are lines of one
 * field that differ from it in their place alone.
 */
export function problemsOfForm(
  problems: Refusal["problems"],
  others: ReturnType<typeof moreSuburbs>,
): Refusal["problems"] {
  return problems.flatMap(({ index, problems: own = [], ...problem }) => {
    if (index === undefined) return [problem];
    const line = others[index - 1]?.suburb;
    if (line === undefined) return own.length > 0 ? own : [problem];
    // The others have the form's fields but for their place: what else is wrong, the first one says.
    const ofPlace = own.filter(({ path = "" }) => ["/suburb", "/state", "/postcode"].includes(path));
    const words = ofPlace.map(({ path = "", message }) => `the ${path.slice(1)} ${message}`);
    const wrong = own.length === 0 ? [problem.message] : words;
    return wrong.map((message) => ({ path: "/more_suburbs", message: `“${line}”: ${message}` }));
  });
}

/** Fills a form in as an earlier request was. */
export function fillIn(form: HTMLFormElement, request: Readonly<Record<string, unknown>>): void {
  const { branding = {}, delivery = {}, ...plain } = request;
  const inner = (prefix: string, fields: unknown) =>
    Object.entries((fields ?? {}) as Record<string, unknown>).map(([name, value]) => [`${prefix}_${name}`, value]);
  const all = [...Object.entries(plain), ...inner("branding", branding), ...inner("delivery", delivery)];
  for (const [name, value] of all) {
    const control = form.elements.namedItem(String(name));
    if (control instanceof HTMLInputElement && control.type === "checkbox") control.checked = value === true;
    else if (control instanceof HTMLInputElement && control.type === "file") continue;
    else if (control instanceof HTMLInputElement || control instanceof HTMLSelectElement) control.value = asText(value);
  }
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
    reader.onerror = () => reject(new FieldProblem("/logo", "The picture cannot be read."));
    reader.readAsDataURL(file);
  });
}

async function parsed(file: File): Promise<unknown> {
  try {
    return JSON.parse(await file.text());
  } catch {
    throw new FieldProblem("/data", `${file.name} is no JSON: a data set is one object, as docs/data.md has it.`);
  }
}
