import "@mantine/core/styles/Tabs.css";
import { Drawer, Tabs } from "@mantine/core";
import { useState } from "react";
import { words } from "../../texts/session-details";
import { useFocusBack } from "../../ui/useFocusBack";
import { About } from "./About";
import type { Rights } from "./access";
import { placeOf } from "./calls";
import classes from "./Details.module.css";
import { Events } from "./Events";
import { Limits } from "./Limits";
import { Log } from "./Log";
import type { Held } from "./queries";

interface DetailsProps {
  held: Held;
  rights: Rights;
  close: () => void;
}

/** All that is known of a session besides its document. */
export function Details({ held, rights, close }: DetailsProps) {
  useFocusBack();
  const [tab, setTab] = useState<string | null>("about");
  const place = placeOf(held.detail);
  return (
    <Drawer
      opened
      onClose={close}
      position="right"
      size="32rem"
      title={words.details.title}
      closeButtonProps={{ "aria-label": words.details.close }}
      classNames={{ body: classes.body, content: classes.content }}
    >
      <Tabs value={tab} onChange={setTab} keepMounted={false} className={classes.tabs}>
        <Tabs.List>
          <Tabs.Tab value="about">{words.details.about}</Tabs.Tab>
          <Tabs.Tab value="events">{words.details.events}</Tabs.Tab>
          <Tabs.Tab value="limits">{words.details.limits}</Tabs.Tab>
          {rights.seeLog && <Tabs.Tab value="log">{words.details.log}</Tabs.Tab>}
        </Tabs.List>
        <Tabs.Panel value="about" className={classes.panel}>
          <About held={held} rights={rights} />
        </Tabs.Panel>
        <Tabs.Panel value="events" className={classes.panel}>
          <Events place={place} />
        </Tabs.Panel>
        <Tabs.Panel value="limits" className={classes.panel}>
          <Limits place={place} />
        </Tabs.Panel>
        <Tabs.Panel value="log" className={classes.panel}>
          <Log place={place} />
        </Tabs.Panel>
      </Tabs>
    </Drawer>
  );
}
