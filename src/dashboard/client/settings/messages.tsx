import type { ComponentChildren } from "preact";

/** The sentences of the page of settings. Labels of a few words are where they are shown. A change of wording is a change here. */
export const messages = {
  // page
  adminsOnly: "Only admins can see the settings. Sign in with an admin key.",
  howToChange: (where: string, restart: string) => (
    <>
      Settings are read at the start. To change one, edit its line in {where}, then {restart}.
    </>
  ),
  onlySet: "Only settings that are set",
  moreAbout: (docs: ComponentChildren) => <>More about settings: {docs} in the documentation.</>,
} as const;
