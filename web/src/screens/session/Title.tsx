import { TextInput, UnstyledButton } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { Problem } from "../../api/call";
import { words } from "../../texts/session";
import { Hint } from "../../ui/Hint";
import { update, type Place } from "./calls";
import { tellFailure } from "./notes";
import { sessionDetail, type Held } from "./queries";
import classes from "./Title.module.css";

const MAX_CHARS = 200;

interface TitleProps {
  place: Place;
  title: string;
  etag: string;
  editable: boolean;
}

/** The title of a session, which who may changes in place. */
export function Title({ place, title, etag, editable }: TitleProps) {
  const [draft, setDraft] = useState<string | null>(null);
  const rename = useRename(place, title, etag);
  if (draft !== null) {
    const end = (save: boolean) => {
      const wanted = draft.trim();
      setDraft(null);
      if (save && wanted !== "" && wanted !== title) rename.save(wanted);
    };
    return <Editor draft={draft} change={setDraft} end={end} />;
  }
  return (
    <h1 className={classes.title}>
      {editable ? (
        <Hint label={words.title.edit(rename.shown)} delayMs={600} multiline maw="24rem">
          <UnstyledButton className={classes.button} onClick={() => setDraft(rename.shown)}>
            {rename.shown}
          </UnstyledButton>
        </Hint>
      ) : (
        <span className={classes.text}>{rename.shown}</span>
      )}
    </h1>
  );
}

function useRename(place: Place, title: string, etag: string) {
  const client = useQueryClient();
  const { queryKey } = sessionDetail(place.workspace, place.id);
  // Shown until the session's stream tells of the new title, or it is refused.
  const [hoped, setHoped] = useState<{ title: string; instead: string } | null>(null);
  const { mutate } = useMutation({
    mutationFn: (wanted: string) => update(place, etag, { title: wanted }),
    onSuccess: (held) => client.setQueryData<Held>(queryKey, held),
    onError: (error) => {
      setHoped(null);
      if (!(error instanceof Problem) || error.status !== 412) return tellFailure(error);
      tellFailure(new Error(words.title.changed));
      return client.invalidateQueries({ queryKey });
    },
  });
  const save = (wanted: string) => {
    setHoped({ title: wanted, instead: title });
    mutate(wanted);
  };
  return { shown: hoped?.instead === title ? hoped.title : title, save };
}

interface EditorProps {
  draft: string;
  change: (draft: string) => void;
  end: (save: boolean) => void;
}

function Editor({ draft, change, end }: EditorProps) {
  const ended = useRef(false); // to take an input away takes its focus too
  const endOnce = (save: boolean) => {
    if (ended.current) return;
    ended.current = true;
    end(save);
  };
  return (
    <TextInput
      className={classes.editor}
      aria-label={words.title.label}
      value={draft}
      maxLength={MAX_CHARS}
      size="sm"
      autoFocus
      onFocus={(event) => event.currentTarget.select()}
      onChange={(event) => change(event.currentTarget.value)}
      onBlur={() => endOnce(true)}
      onKeyDown={(event) => {
        if (event.nativeEvent.isComposing || (event.key !== "Enter" && event.key !== "Escape")) return;
        event.preventDefault();
        event.stopPropagation();
        endOnce(event.key === "Enter");
      }}
    />
  );
}
