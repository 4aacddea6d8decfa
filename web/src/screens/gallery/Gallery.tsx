import "@mantine/core/styles/Switch.css";
import {
  Anchor,
  Group,
  Stack,
  Switch,
  Text,
  Title,
  useComputedColorScheme,
  useMantineColorScheme,
} from "@mantine/core";
import { memo, useEffect, useLayoutEffect, useMemo, useState } from "react";
import { Problem } from "../../api/call";
import { BlockView } from "../../blocks/BlockView";
import { DocumentProvider, useChildren } from "../../blocks/DocumentContext";
import type { DocumentActions } from "../../document/actions";
import { drafts } from "../../inputs/drafts";
import { useDraftKey } from "../../inputs/useAsk";
import { words } from "../../texts/gallery";
import classes from "./Gallery.module.css";
import { chapters } from "./stories";
import { fileUrl } from "./stories/media";
import { StorySource, type Asked, type Chapter, type Story } from "./story";

const actions: DocumentActions = {
  answer: () => new Promise(() => undefined),
  upload: (file) => Promise.resolve({ sha256: "none", name: file.name, type: file.type, size_bytes: file.size }),
  fileUrl,
  branch: () => Promise.resolve(),
  mayAnswer: () => true,
};
const watching: DocumentActions = { ...actions, branch: null, mayAnswer: () => false };

/** What is refused stands in its control, with what was said of it. */
function Refused({ input, question: { draft, errors } }: Asked) {
  const key = useDraftKey(input);
  useLayoutEffect(() => {
    if (errors === null) return;
    const problem = new Problem({ detail: Object.values(errors)[0], errors });
    const keeping = { first: () => draft, keep: () => undefined, restore: () => draft };
    drafts.change(key, keeping, draft === undefined ? { problem } : { value: draft, problem });
  }, [key, draft, errors]);
  return null;
}

function Top() {
  return useChildren(null).map((id) => <BlockView key={id} id={id} />);
}

const Told = memo(function Told({ name, story }: { name: string; story: Story }) {
  const source = useMemo(() => new StorySource(name, story), [name, story]);
  return (
    <Stack gap="xs" className={classes.story}>
      <Text size="xs" c="var(--block-quiet)" fw={500}>
        {story.title}
      </Text>
      <DocumentProvider source={source} actions={story.watched ? watching : actions}>
        <Stack gap="sm" className={classes.shown}>
          <Top />
          {source.asked.map((asked) => (
            <Refused key={asked.input.id} {...asked} />
          ))}
        </Stack>
      </DocumentProvider>
    </Stack>
  );
});

function Kind({ chapter: { id, stories } }: { chapter: Chapter }) {
  return (
    <section id={id} className={classes.kind} aria-labelledby={`${id}-title`}>
      <Title order={2} size="h4" id={`${id}-title`}>
        {id}
      </Title>
      {stories.map((story, at) => (
        <Told key={at} name={`${id}-${String(at)}`} story={story} />
      ))}
    </section>
  );
}

/** All chapters, or the one that the address asks for: `?only=table`. */
function wanted(): readonly Chapter[] {
  const only = new URLSearchParams(window.location.search).get("only");
  return only === null ? chapters : chapters.filter(({ id }) => id === only);
}

/** Every kind of block and question in all its states, for who makes them and for tests. */
export function Gallery() {
  const dark = useComputedColorScheme("light") === "dark";
  const { setColorScheme } = useMantineColorScheme();
  const [shown] = useState(wanted);
  useEffect(() => {
    // Refused answers take the keyboard; here there are many, and none is what people came for.
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
    document.getElementById(window.location.hash.slice(1))?.scrollIntoView();
  }, []);
  return (
    <main className={classes.page}>
      <Group justify="space-between" wrap="nowrap">
        <Title order={1} size="h2">
          {words.title}
        </Title>
        <Switch
          label={words.dark}
          checked={dark}
          onChange={({ currentTarget }) => setColorScheme(currentTarget.checked ? "dark" : "light")}
        />
      </Group>
      <Text c="var(--block-quiet)">{words.lead}</Text>
      <nav aria-label={words.kinds} className={classes.kinds}>
        {chapters.map(({ id }) => (
          <Anchor key={id} href={`#${id}`} size="sm">
            {id}
          </Anchor>
        ))}
      </nav>
      {shown.map((chapter) => (
        <Kind key={chapter.id} chapter={chapter} />
      ))}
    </main>
  );
}
