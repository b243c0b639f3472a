import { useLayoutEffect, useRef } from "preact/hooks";
import { at, linkTo, pageAddress } from "./address.ts";
import type { PageName } from "./addresses.ts";
import { signedOut } from "./api.ts";
import { now } from "./clock.ts";
import { connection, overview } from "./live.ts";
import { messages } from "./messages.ts";
import { PausedBanner } from "./overview/pause.tsx";
import { LoadedPage, PAGES } from "./pages.tsx";
import { Confirmation } from "./parts/confirm.tsx";
import { MoonIcon, SunIcon, SystemIcon } from "./parts/icons.tsx";
import { Notices } from "./parts/notices.tsx";
import { Switch } from "./parts/switch.tsx";
import { isSearchWanted, openHelp, ShortcutHelp } from "./shortcuts.tsx";
import { theme } from "./theme.ts";
import { type ZoneChoice as Choice, chooseZone, localZone, ZONE_CHOICES, zoneChoice } from "./time-zone.ts";
import { mayOperate, maySubmit, seesAll, viewer } from "./viewer.ts";
import { zoneName } from "./words.ts";

const SERVICE_PAGES: readonly PageName[] = ["settings", "health", "audit"];
const CATALOGUE_PAGES: readonly PageName[] = ["catalogue", "locality", "import"];

/** What is around every page. */
export function App() {
  const here = pageAddress.value;
  const main = useRef<HTMLElement>(null);
  const where = [here.page, ...Object.values(here.named)].join(" ");
  const first = useRef(true);
  // At once, not with the next frame: by then the viewer may type into a field of the new page.
  useLayoutEffect(() => {
    document.title = `${PAGES[here.page].title} – AgentLink`;
    // A page that was loaded begins at its top by itself; a page that replaced another one has to be scrolled there.
    if (!first.current && !isSearchWanted()) main.current?.focus({ preventScroll: true });
    first.current = false;
    document.querySelector(".top nav [aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [where]);
  return (
    <>
      <a class="skip" href="#main">
        {messages.skipToContent}
      </a>
      <header class="top">
        <a class="brand" href={linkTo("")}>
          <span class="mark" aria-hidden="true" />
          AgentLink
        </a>
        <nav aria-label="Pages">
          <PageLink to="" name="Overview" current={here.page === "overview"} />
          <PageLink to="jobs" name="Jobs" current={here.page === "jobs" || here.page === "job"} />
          <PageLink to="failures" name="Failures" current={here.page === "failures"} />
          <PageLink to="catalogue" name="Catalogue" current={CATALOGUE_PAGES.includes(here.page)} />
          {maySubmit && <PageLink to="new" name="New report" current={here.page === "submit"} />}
          {seesAll && <PageLink to="delivery" name="Delivery" current={here.page === "delivery"} />}
          <PageLink to="usage" name="Usage" current={here.page === "usage"} />
          {mayOperate && <PageLink to="keys" name="Keys" current={here.page === "access"} />}
          {mayOperate && <PageLink to="settings" name="Settings" current={SERVICE_PAGES.includes(here.page)} />}
          {seesAll && !mayOperate && <PageLink to="audit" name="Audit" current={here.page === "audit"} />}
        </nav>
        <Connection />
        <div class="tools">
          <ThemeSwitch />
          <button
            type="button"
            class="quiet"
            onClick={openHelp}
            aria-label="Keyboard shortcuts"
            title="Keyboard shortcuts (?)"
          >
            <kbd>?</kbd>
          </button>
          <a class="plain docs" href={at("docs")}>
            API
          </a>
          <Session />
        </div>
      </header>
      {signedOut.value && <SignedOut />}
      <PausedBanner />
      <main id="main" ref={main} tabIndex={-1} class={here.page}>
        <LoadedPage {...here} />
      </main>
      <footer class="foot">
        <span>AgentLink {overview.value?.version ?? viewer.version}</span>
        <ZoneChoice />
        <a class="plain" href={at("openapi.json")}>
          openapi.json
        </a>
      </footer>
      <Notices />
      <Confirmation />
      <ShortcutHelp />
    </>
  );
}

function PageLink({
  to,
  name,
  current,
}: {
  readonly to: "" | "jobs" | "new" | "failures" | "keys" | "settings" | "audit" | "delivery" | "usage" | "catalogue";
  readonly name: string;
  readonly current: boolean;
}) {
  return (
    <a href={linkTo(to)} aria-current={current ? "page" : undefined}>
      {name}
    </a>
  );
}

const CONNECTION_WORDS = {
  connecting: "Connecting…",
  live: "Live",
  reconnecting: "Reconnecting…",
  resting: "Resting",
} as const;

/** Read aloud when it changes, which is rare. */
function Connection() {
  return (
    <output class={`connection ${connection.value}`}>
      <span class="dot" aria-hidden="true" />
      {CONNECTION_WORDS[connection.value]}
    </output>
  );
}

function ThemeSwitch() {
  return (
    <Switch
      legend="Theme"
      value={theme.value}
      choices={[
        { value: "light", label: <SunIcon />, name: "Light" },
        { value: "system", label: <SystemIcon />, name: "As the system" },
        { value: "dark", label: <MoonIcon />, name: "Dark" },
      ]}
      onChange={(chosen) => {
        theme.value = chosen;
      }}
    />
  );
}

function Session() {
  if (!viewer.signedIn) return null;
  return (
    <form method="post" action={at("sign-out")} class="session">
      <span class="who" title={`Signed in as ${viewer.client} (${viewer.scope})`}>
        {viewer.client}
      </span>
      <button type="submit" class="button small">
        Sign out
      </button>
    </form>
  );
}

/** The page no longer changes, which must be visible. */
function SignedOut() {
  const next = encodeURIComponent(`${location.pathname}${location.search}`.slice(new URL(at("")).pathname.length));
  return (
    <div class="banner bad" role="alert">
      <strong>{messages.sessionEnded}</strong> {messages.stateAtThatTime}
      <a class="button small" href={at(`sign-in?next=${next}`)}>
        Sign in again
      </a>
    </div>
  );
}

/** Whose clock every time on every page is shown by. */
function ZoneChoice() {
  const local = localZone();
  const labels: Readonly<Record<Choice, string>> = {
    local: `Local: ${zoneName(now.value, { timeZone: local, named: true })} (${local})`,
    utc: "UTC",
    suburb: "The suburb's",
  };
  return (
    <label class="zone">
      Times{" "}
      <select
        value={zoneChoice.value}
        onChange={({ currentTarget }) =>
          chooseZone(ZONE_CHOICES.find((choice) => choice === currentTarget.value) ?? "local")
        }
      >
        {ZONE_CHOICES.map((choice) => (
          <option key={choice} value={choice}>
            {labels[choice]}
          </option>
        ))}
      </select>
    </label>
  );
}
