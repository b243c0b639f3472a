import { CopyIcon } from "./icons.tsx";
import { notify, notifyError } from "./notices.tsx";

/** Puts a text into the clipboard. Browsers allow that on https and on this machine alone; elsewhere it is not offered. */
export function Copy({ text, what }: { readonly text: string; readonly what: string }) {
  if (navigator.clipboard === undefined) return null;
  const copy = () => navigator.clipboard.writeText(text).then(() => notify(`${what} copied`), notifyError);
  return (
    <button type="button" class="quiet" aria-label={`Copy ${what}`} title={`Copy ${what}`} onClick={copy}>
      <CopyIcon />
    </button>
  );
}
