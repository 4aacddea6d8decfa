import { AppShell, VisuallyHidden } from "@mantine/core";
import { useLocalStorage, useMediaQuery } from "@mantine/hooks";
import { Outlet, useParams } from "@tanstack/react-router";
import { lazy, type MouseEvent, Suspense, useEffect, useState } from "react";
import { lately, part } from "../lately";
import { words } from "../texts/frame";
import classes from "./Frame.module.css";
import { tellFailure } from "./ErrorNote";
import { BottomBar } from "./frame/BottomBar";
import { LicenseBanner, useLapsed } from "./frame/LicenseBanner";
import { Navigation } from "./frame/Navigation";
import { Pending } from "./frame/Pending";
import { useDeeds } from "./frame/useDeeds";
import { useNearestWorkspace } from "./frame/useNearest";
import { useNews } from "./frame/useNews";
import { useQuestionCount } from "./frame/useQuestions";
import { useSignedOut } from "./frame/useSignedOut";
import { strokes } from "./palette/strokes";

const loadPalette = () => import("./palette/Palette").then((module) => ({ default: module.Palette }));
const loadKeyList = () => import("./keys/KeyList").then((module) => ({ default: module.KeyList }));
const Palette = lazy(loadPalette);
const KeyList = lazy(loadKeyList);
const More = part(async () => (await import("./frame/More")).More);

type Part = "palette" | "apps" | "keys";

const CONTENT = "content";

/** What stands around every screen of who is signed in. */
export function Frame() {
  const workspace = useNearestWorkspace();
  const [narrow, setNarrow] = useLocalStorage({ key: "outlast.navigation", defaultValue: false });
  const [more, setMore] = useState<"never" | "open" | "closed">("never");
  const openMore = () => void More.load().then(() => setMore("open"), tellFailure);
  const closeMore = () => setMore((now) => (now === "never" ? now : "closed"));
  const [opened, setOpened] = useState<Part | null>(null);
  const lapsed = useLapsed();
  // The session has the whole of a phone's screen; the way back is in its header.
  const inSession = useParams({ strict: false }).session !== undefined;
  useEffect(preload, []);
  useNews(workspace?.id, useSignedOut());
  const open = (part: Part) => () => {
    closeMore();
    let left = false;
    const leave = () => {
      left = true;
      setOpened(null);
    };
    if (part !== "keys" && (opened === null || opened === "keys")) strokes.keep(leave);
    // A part that can't be loaded stays closed, and can be asked for again.
    lately<unknown>(part === "keys" ? loadKeyList : loadPalette).then(
      () => left || setOpened(part),
      (error: unknown) => {
        strokes.give();
        tellFailure(error);
      },
    );
  };
  const [onPalette, onKeys] = [open("palette"), open("keys")];
  const close = () => {
    strokes.give();
    setOpened(null);
  };
  useDeeds({ palette: onPalette, apps: open("apps"), keys: onKeys });
  return (
    <AppShell
      layout="alt"
      header={{ height: lapsed ? { base: 52, sm: 40 } : 0, collapsed: !lapsed }}
      navbar={{ width: narrow ? 60 : 228, breakpoint: "sm", collapsed: { mobile: true } }}
      footer={{ height: "calc(3.5rem + env(safe-area-inset-bottom))", collapsed: useWide() || inSession }}
      transitionDuration={0}
    >
      <a href={`#${CONTENT}`} className={classes.skip} onClick={skip}>
        {words.skip}
      </a>
      <Pending />
      {lapsed && (
        <AppShell.Header withBorder={false}>
          <LicenseBanner state={lapsed} />
        </AppShell.Header>
      )}
      <AppShell.Navbar visibleFrom="sm" className={classes.navbar} aria-label={words.navigation}>
        <Navigation narrow={narrow} onPalette={onPalette} onKeys={onKeys} onFold={() => setNarrow(!narrow)} />
      </AppShell.Navbar>
      <AppShell.Main id={CONTENT} tabIndex={-1} className={classes.main}>
        <Outlet />
      </AppShell.Main>
      <AppShell.Footer hiddenFrom="sm" display={inSession ? "none" : undefined}>
        <BottomBar workspace={workspace?.slug ?? null} onPalette={onPalette} onMore={openMore} />
      </AppShell.Footer>
      {more !== "never" && (
        <Suspense>
          <More opened={more === "open"} onPalette={onPalette} onKeys={onKeys} onClose={closeMore} />
        </Suspense>
      )}
      <Suspense>
        {(opened === "palette" || opened === "apps") && <Palette only={opened === "apps"} onClose={close} />}
        {opened === "keys" && <KeyList onClose={close} />}
      </Suspense>
      <Waiting />
    </AppShell>
  );
}

/** Have the palette at hand as soon as somebody is there, so that no key that is pressed after Ctrl-K is lost. */
function preload(): () => void {
  const signs = ["keydown", "pointermove", "pointerdown"];
  const end = () => signs.forEach((sign) => removeEventListener(sign, begin));
  const begin = () => {
    end();
    void loadPalette().catch(() => undefined);
  };
  signs.forEach((sign) => addEventListener(sign, begin, { passive: true }));
  return end;
}

const useWide = () => useMediaQuery("(min-width: 48em)", true, { getInitialValueInEffect: false }) ?? true;

/** Keeps the address as it is: what follows `#` may be read by others. */
function skip(event: MouseEvent): void {
  event.preventDefault();
  document.getElementById(CONTENT)?.focus();
}

/** Tells who can't see it that a question waits. */
function Waiting() {
  const count = useQuestionCount();
  return <VisuallyHidden role="status">{count > 0 && words.questions(count)}</VisuallyHidden>;
}
