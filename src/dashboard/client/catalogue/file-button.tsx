import { useRef } from "preact/hooks";
import { pick } from "./picked.ts";

/** What `agentlink import` takes; a browser offers these first. */
const TAKEN = ".csv,.tsv,.tab,.txt,.xlsx,.xlsm,.xls,.ods,.json,.ndjson,.jsonl,.xml,.zip,.dat";

/** Chooses a file from the reader's machine: what dropping one does, for those who do not drag. */
export function FileButton({ label, primary = false }: { readonly label: string; readonly primary?: boolean }) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <button type="button" class={primary ? "button primary" : "button"} onClick={() => input.current?.click()}>
        {label}
      </button>
      <input
        ref={input}
        type="file"
        accept={TAKEN}
        hidden
        onChange={({ currentTarget }) => {
          const [file] = currentTarget.files ?? [];
          // The same file can be chosen again once it was mended.
          currentTarget.value = "";
          if (file !== undefined) pick(file);
        }}
      />
    </>
  );
}
