import { signal } from "@preact/signals";
import { useEffect, useState } from "preact/hooks";
import { go, linkTo, pageAddress } from "../address.ts";
import { notifyError } from "../parts/notices.tsx";
import { messages } from "./messages.tsx";

/** The file that is to be imported, from wherever on the catalogue's pages it was dropped or chosen. */
export const picked = signal<File | null>(null);

/** Opens the import page with a file. */
export function pick(file: File): void {
  picked.value = file;
  if (pageAddress.value.page !== "import") go(linkTo("catalogue/import"));
}

/**
 * Takes a file that is dropped anywhere on the page; the browser would else leave the page to show it. Returns whether one
 * is dragged over the page now.
 */
export function useDrop(enabled: boolean): boolean {
  const [over, setOver] = useState(false);
  useEffect(() => {
    if (!enabled) return;
    const off = new AbortController();
    const on = <K extends "dragover" | "dragleave" | "drop">(name: K, listener: (event: DragEvent) => void) =>
      addEventListener(name, listener, { signal: off.signal });
    on("dragover", (event) => {
      if (!event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      setOver(true);
    });
    on("dragleave", (event) => {
      if (event.relatedTarget === null) setOver(false);
    });
    on("drop", (event) => {
      const files = event.dataTransfer?.files;
      if (files === undefined || files.length === 0) return;
      event.preventDefault();
      setOver(false);
      const [file] = files;
      if (files.length > 1) notifyError(messages.oneFileAtATime);
      else if (file !== undefined) pick(file);
    });
    return () => off.abort();
  }, [enabled]);
  return over;
}
