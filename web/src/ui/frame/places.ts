// Where the navigation goes.
import { IconFiles, IconHome, IconMessages, IconSettings, IconUsers, type Icon } from "@tabler/icons-react";
import { words } from "../../texts/frame";

interface Place {
  to: "/w/$workspace" | `/w/$workspace/${"sessions" | "files" | "people" | "settings"}`;
  name: string;
  icon: Icon;
  keys: string;
}

/** The screens of a workspace, in the order in which they are shown. */
export const PLACES = {
  home: { to: "/w/$workspace", name: words.home, icon: IconHome, keys: "g h" },
  sessions: { to: "/w/$workspace/sessions", name: words.sessions, icon: IconMessages, keys: "g s" },
  files: { to: "/w/$workspace/files", name: words.files, icon: IconFiles, keys: "g f" },
  people: { to: "/w/$workspace/people", name: words.people, icon: IconUsers, keys: "g p" },
  settings: { to: "/w/$workspace/settings", name: words.settings, icon: IconSettings, keys: "g ," },
} as const satisfies Record<string, Place>;

export type PlaceName = keyof typeof PLACES;
