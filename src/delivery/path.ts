import filenamify from "filenamify";
import type { Job } from "../queue/job.ts";

/** Longest a folder or file name may be; file systems allow 255 bytes, and a character can take four. */
const MAX_NAME_LENGTH = 60;

const TIME_ZONES: Readonly<Record<string, string>> = {
  ACT: "Australia/Sydney",
  NSW: "Australia/Sydney",
  NT: "Australia/Darwin",
  QLD: "Australia/Brisbane",
  SA: "Australia/Adelaide",
  TAS: "Australia/Hobart",
  VIC: "Australia/Melbourne",
  WA: "Australia/Perth",
};

interface DeliveryWishes {
  readonly folder?: string;
  readonly filename?: string;
}

/**
 * `<STATE>/<suburb>/<date> <suburb> agents report <short id>.pdf`, the date being the day of the request where the
 * suburb is; or what the request's `delivery` wishes for. Every segment is made a plain name, so that the path never
 * leaves the target whatever the request says.
 */
export function deliveryPath(job: Job): string {
  const wishes = (JSON.parse(job.request) as { delivery?: DeliveryWishes }).delivery ?? {};
  const folders = wishes.folder?.split(/[/\\]+/).filter((name) => name.trim() !== "") ?? [job.state, job.suburb];
  const file =
    wishes.filename?.replace(/\.pdf$/i, "") ??
    `${localDay(job.createdAt, job.state)} ${safeName(job.suburb)} agents report ${shortId(job)}`;
  return [...folders.slice(0, 10).map(safeName), `${safeName(file)}.pdf`].join("/");
}

/** The part of a job's id that is random: the first digits are the time and much the same for jobs of one day. */
export function shortId(job: Job): string {
  return job.id.slice(-8);
}

function safeName(name: string): string {
  const plain = filenamify(name.normalize("NFC"), { replacement: "-", maxLength: MAX_NAME_LENGTH })
    .replace(/^[.\s]+|[.\s]+$/g, "")
    .replace(/\s+/g, " ");
  return plain === "" ? "-" : plain;
}

function localDay(time: string, state: string): string {
  const format = new Intl.DateTimeFormat("en-CA", {
    timeZone: TIME_ZONES[state] ?? "UTC",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
  });
  return format.format(new Date(time));
}
