import { useEffect, useState } from "preact/hooks";
import { Refusal, sendFile } from "../api.ts";
import type { ImportedFile } from "../responses.ts";
import { isDirty, type Mapping, mapOf } from "./mapping.ts";

/** What a person states about a file beside its rows. */
export interface Choices {
  /** "" for what follows from the file's name or columns. */
  readonly kind: string;
  readonly sheet: string;
  readonly mapping: Mapping;
  /** Of rows that name none. */
  readonly locality: { readonly suburb: string; readonly state: string; readonly postcode: string };
}

/** How a file is examined now: what the service understood of it, or why it does not. */
export type FileCheck =
  | { readonly phase: "checking"; readonly before: ImportedFile | null }
  | { readonly phase: "understood"; readonly file: ImportedFile }
  | { readonly phase: "refused"; readonly refusal: Refusal };

/** The address that imports a file with what was chosen for it. */
export function importPath(
  file: File,
  choices: Choices,
  flags: { readonly dryRun: boolean; readonly skipBad: boolean },
): string {
  const { kind, sheet, mapping, locality } = choices;
  const map = isDirty(mapping) ? JSON.stringify(mapOf(mapping)) : mapping.saved;
  const fields = { name: file.name, kind, sheet, map, ...locality };
  const query = new URLSearchParams(Object.entries(fields).filter(([, value]) => value !== ""));
  if (flags.dryRun) query.set("dry_run", "true");
  if (flags.skipBad) query.set("skip_bad", "true");
  return `api/import?${query}`;
}

const BUSY_MS = 1_000;

/** Checks that were given up may still be running, and the service limits how many a client may have at once. */
async function checkFile(path: string, file: File, signal: AbortSignal): Promise<ImportedFile> {
  for (;;) {
    try {
      return await sendFile<ImportedFile>(path, file, signal);
    } catch (error) {
      if (!(error instanceof Refusal) || error.code !== "catalogue_busy") throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, BUSY_MS));
    signal.throwIfAborted();
  }
}

/** Has the service check a file, again whenever something else is chosen for it. Nothing is imported. */
export function useCheck(file: File | null, choices: Choices): FileCheck | null {
  const [check, setCheck] = useState<FileCheck | null>(null);
  const path = file === null ? "" : importPath(file, choices, { dryRun: true, skipBad: true });
  useEffect(() => {
    if (file === null) return setCheck(null);
    const controller = new AbortController();
    setCheck((last) => ({ phase: "checking", before: last?.phase === "understood" ? last.file : null }));
    checkFile(path, file, controller.signal).then(
      (response) => setCheck({ phase: "understood", file: response }),
      (error) => {
        if (controller.signal.aborted) return;
        setCheck({ phase: "refused", refusal: error instanceof Refusal ? error : new Refusal(0, String(error)) });
      },
    );
    return () => controller.abort();
  }, [file, path]);
  return check;
}
