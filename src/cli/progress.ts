import type { ApiJob, JobProgress } from "../client/client.ts";
import { visibleLine } from "../text/visible-text.ts";

/** How far a job is: a bar on a terminal, a line for each change elsewhere. */
export interface ProgressDisplay {
  show(job: ProgressOf): void;
  /** A step within the stage. */
  move(step: JobProgress): void;
  /** Removes the bar. */
  end(): void;
}

export type ProgressOf = Pick<ApiJob, "stage" | "progress" | "waiting_for" | "queue_position">;

/** Where it is shown: standard error, so that the output stays clean. */
export interface ProgressTerminal {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  write(text: string): unknown;
}

const WIDTH = 24;
const REDRAW_MS = 200;
const CLEAR_LINE = "\r\u001b[2K";

export function createProgress(terminal: ProgressTerminal): ProgressDisplay {
  return terminal.isTTY ? createBar(terminal) : createLines(terminal);
}

function createBar(terminal: ProgressTerminal): ProgressDisplay {
  const began = performance.now();
  let shown: (ProgressOf & Partial<Pick<JobProgress, "section">>) | null = null;
  const draw = () => {
    if (shown === null) return;
    const filled = Math.round((shown.progress * WIDTH) / 100);
    const bar = "█".repeat(filled) + "░".repeat(WIDTH - filled);
    const seconds = Math.round((performance.now() - began) / 1_000);
    const section = shown.section ? `, ${shown.section}` : "";
    const line = `${bar} ${percent(shown)}  ${words(shown)}${section}  ${seconds} s`;
    terminal.write(CLEAR_LINE + visibleLine(line).slice(0, Math.max(1, (terminal.columns ?? 80) - 1)));
  };
  const timer = setInterval(draw, REDRAW_MS);
  timer.unref();
  return {
    show(job) {
      shown = job;
      draw();
    },
    move(step) {
      if (shown === null) return;
      shown = { ...shown, ...step };
      draw();
    },
    end() {
      clearInterval(timer);
      if (shown !== null) terminal.write(CLEAR_LINE);
      shown = null;
    },
  };
}

function createLines(terminal: ProgressTerminal): ProgressDisplay {
  let last = "";
  return {
    show(job) {
      const text = words(job);
      if (text !== last) terminal.write(`${percent(job)}  ${visibleLine(text)}\n`);
      last = text;
    },
    move() {},
    end() {},
  };
}

function percent({ progress }: ProgressOf): string {
  return `${String(progress).padStart(3)} %`;
}

function words({ stage, waiting_for: waitingFor, queue_position: position }: ProgressOf): string {
  if (waitingFor !== null) return `${stage}: waits for ${waitingFor}`;
  return stage === "queued" && position !== null ? `queued, ${position === 1 ? "next" : `number ${position}`}` : stage;
}
