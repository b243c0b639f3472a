import type { ComponentChildren } from "preact";

/** Drawn on 16 × 16 with the colour of the text beside them, which states what they mean. */
function icon(shape: ComponentChildren) {
  return () => (
    <svg class="icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" focusable="false">
      {shape}
    </svg>
  );
}

/** The shape alone shows a job's status: dots wait, an arc goes round, a tick is done, a cross is not. */
export const QueuedIcon = icon(<circle cx="8" cy="8" r="6" class="line" stroke-dasharray="2.1 2.6" />);
export const RunningIcon = icon(
  <>
    <circle cx="8" cy="8" r="6" class="line faint" />
    <path d="M8 2a6 6 0 0 1 6 6" class="line spinning" />
  </>,
);
export const WaitingIcon = icon(
  <>
    <circle cx="8" cy="8" r="6" class="line" />
    <path d="M8 4.6V8l2.3 1.6" class="line" />
  </>,
);
export const CompletedIcon = icon(
  <>
    <circle cx="8" cy="8" r="7" class="fill" />
    <path d="m5 8.3 2.1 2.1L11 6.2" class="cutout" />
  </>,
);
export const FailedIcon = icon(
  <>
    <path d="M8 .9 15.1 8 8 15.1.9 8Z" class="fill" />
    <path d="m5.9 5.9 4.2 4.2m0-4.2-4.2 4.2" class="cutout" />
  </>,
);
export const CancelledIcon = icon(
  <>
    <circle cx="8" cy="8" r="6" class="line" />
    <path d="m3.8 12.2 8.4-8.4" class="line" />
  </>,
);

export const SearchIcon = icon(
  <>
    <circle cx="7" cy="7" r="4.6" class="line" />
    <path d="m10.5 10.5 3.7 3.7" class="line" />
  </>,
);
export const PauseIcon = icon(<path d="M5.2 3.5v9m5.6-9v9" class="line thick" />);
export const PlayIcon = icon(<path d="M5 3.2v9.6l7.6-4.8Z" class="fill" />);
export const RetryIcon = icon(<path d="M13.2 8.4a5.2 5.2 0 1 1-1.5-4.2l1.4 1.3m.2-3.3v3.5H9.8" class="line" />);
export const CloseIcon = icon(<path d="m4 4 8 8m0-8-8 8" class="line" />);
export const CopyIcon = icon(
  <>
    <rect x="5.5" y="5.5" width="8" height="8" rx="1.5" class="line" />
    <path d="M10.5 5.5v-2A1 1 0 0 0 9.5 2.5h-6a1 1 0 0 0-1 1v6a1 1 0 0 0 1 1h2" class="line" />
  </>,
);
export const SunIcon = icon(
  <>
    <circle cx="8" cy="8" r="2.9" class="line" />
    <path
      d="M8 1.3v1.4M8 13.3v1.4M1.3 8h1.4M13.3 8h1.4M3.3 3.3l1 1M11.7 11.7l1 1M3.3 12.7l1-1M11.7 4.3l1-1"
      class="line"
    />
  </>,
);
export const MoonIcon = icon(<path d="M13.5 9.7A6 6 0 0 1 6.3 2.5a6 6 0 1 0 7.2 7.2Z" class="line" />);
export const SystemIcon = icon(
  <>
    <circle cx="8" cy="8" r="6" class="line" />
    <path d="M8 2a6 6 0 0 1 0 12Z" class="fill" />
  </>,
);
export const DocumentIcon = icon(
  <path d="M9.5 1.8H4a1 1 0 0 0-1 1v10.4a1 1 0 0 0 1 1h8a1 1 0 0 0 1-1V5.3Zm0 0v3.5H13" class="line" />,
);
export const AlertIcon = icon(
  <>
    <path d="M8 1.8 14.8 13.8H1.2Z" class="line" />
    <path d="M8 6.3v3.4m0 1.8v.1" class="line" />
  </>,
);
