/*
 * The page of settings: each value in effect, where it comes from, and what it does.
 * It only shows them; a setting is changed in the environment, and takes effect at the next start.
 * Not here: other pages.
 */

import { useState } from "preact/hooks";
import { ServiceTabs } from "../parts/service-tabs.tsx";
import type { SettingsFound, ShownSetting } from "../responses.ts";
import { useResponse } from "../use-response.ts";
import { mayOperate } from "../viewer.ts";
import { many } from "../words.ts";
import { messages } from "./messages.tsx";

/** Every setting as it is in effect: its value, where that comes from, and what it does. */
export function Page() {
  const { found, refusal } = useResponse<SettingsFound>(mayOperate ? "api/settings" : null);
  const [search, setSearch] = useState("");
  const [onlySet, setOnlySet] = useState(false);
  if (!mayOperate) return <p class="empty">{messages.adminsOnly}</p>;
  const shown = found?.settings.filter((each) => fits(each, search) && (!onlySet || each.from !== "default")) ?? [];
  const groups = [...new Set(shown.map(({ group }) => group))];
  return (
    <>
      <div class="heading">
        <h1>Settings</h1>
        {found !== null && (
          <span class="count">
            {many(found.settings.filter(({ from }) => from !== "default").length, "setting")} set
          </span>
        )}
      </div>
      <ServiceTabs current="settings" />
      {refusal !== null && (
        <p class="error-text" role="alert">
          {refusal.message}
        </p>
      )}
      {found !== null && (
        <>
          <p>{messages.howToChange(found.change.where, found.change.restart)}</p>
          <search class="filters">
            <div class="search plain">
              <input
                type="search"
                aria-label="Find a setting"
                placeholder="Find a setting"
                maxLength={100}
                onInput={({ currentTarget }) => setSearch(currentTarget.value)}
              />
            </div>
            <label class="check">
              <input
                type="checkbox"
                checked={onlySet}
                onChange={({ currentTarget }) => setOnlySet(currentTarget.checked)}
              />
              <span>{messages.onlySet}</span>
            </label>
          </search>
          {shown.length === 0 && <p class="empty">No setting matches.</p>}
          {groups.map((group) => (
            <Group key={group} title={group} settings={shown.filter((each) => each.group === group)} />
          ))}
        </>
      )}
    </>
  );
}

function fits({ variable, description }: ShownSetting, search: string): boolean {
  const text = `${variable} ${description}`.toLowerCase();
  return search
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

function Group({ title, settings }: { readonly title: string; readonly settings: readonly ShownSetting[] }) {
  return (
    <section aria-labelledby={`group-${title}`}>
      <h2 id={`group-${title}`}>{title}</h2>
      <p class="second">{messages.moreAbout(<code>{settings[0]?.docs}</code>)}</p>
      <table class="card-table settings">
        <caption class="visually-hidden">{title}</caption>
        <thead>
          <tr>
            <th scope="col">Setting</th>
            <th scope="col">Value</th>
            <th scope="col">Set by</th>
            <th scope="col">Format</th>
          </tr>
        </thead>
        <tbody>
          {settings.map((each) => (
            <tr key={each.variable}>
              <th scope="row">
                <code>{each.variable}</code>
                <span class="second block">{each.description}</span>
              </th>
              <td data-label="Value" class="long">
                {each.value === "" ? <span class="second">empty</span> : <code>{each.value}</code>}
              </td>
              <td data-label="Set by" class={each.from === "default" ? "second" : "long"}>
                {each.from}
              </td>
              <td data-label="Format" class="second">
                {each.unit}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
