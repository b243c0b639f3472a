import { CancelledIcon, CompletedIcon, WaitingIcon } from "../parts/icons.tsx";
import type { ShownLocality } from "../responses.ts";

const MARKS = {
  full: { Icon: CompletedIcon, shown: "completed", words: "Full" },
  thin: { Icon: WaitingIcon, shown: "waiting", words: "Thin" },
  empty: { Icon: CancelledIcon, shown: "cancelled", words: "Empty" },
} as const;

/** What a report of a locality would be: by shape, word and colour. */
export function ReportMark({ report }: { readonly report: ShownLocality["report"] }) {
  const { Icon, shown, words } = MARKS[report];
  return (
    <span class={`status ${shown}`}>
      <Icon />
      <span class="word">{words}</span>
    </span>
  );
}
