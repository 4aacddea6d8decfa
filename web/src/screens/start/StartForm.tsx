import { Button, Collapse, Group, Paper, Stack, Text, TextInput } from "@mantine/core";
import { IconChevronDown, IconPlayerPlay } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useEffect, useMemo, useRef, useState, type FormEvent } from "react";
import { api, given, Problem, upload, type Schema } from "../../api/call";
import { useWorkspace } from "../../api/here";
import { FilingContext, type Filing } from "../../inputs/files";
import { focusWrong } from "../../inputs/focus";
import { busy } from "../../inputs/values";
import { words } from "../../texts/start";
import { ErrorNote } from "../../ui/ErrorNote";
import { ParameterField } from "./ParameterField";
import { argumentsOf, begun, type Parameter, type Values } from "./parameters";
import { Recent } from "./Recent";
import styles from "./StartForm.module.css";

interface Props {
  app: Schema<"AppItem">;
  parameters: readonly Parameter[];
  args: Readonly<Record<string, unknown>>;
}

/** What an app wants to know, and the button that starts it. */
export function StartForm({ app, parameters, args }: Props) {
  const [values, setValues] = useState<Values>(() => begun(parameters, args));
  const [title, setTitle] = useState("");
  const [errors, setErrors] = useState<Readonly<Record<string, string>>>({});
  const form = useRef<HTMLFormElement>(null);
  const filing = useTemporaryFiles();
  const start = useStart(app.id);
  const going = flat(parameters).some(({ path, kind, spec }) => busy(kind, spec, values[path]));

  useEffect(() => {
    if (Object.keys(errors).length > 0) focusWrong(form.current);
  }, [errors]);

  const submit = (event?: FormEvent) => {
    event?.preventDefault();
    if (going || start.isPending || start.isSuccess) return;
    const { args, errors: wrong } = argumentsOf(parameters, values);
    setErrors(wrong);
    if (Object.keys(wrong).length > 0) return start.reset();
    const refused = (error: Error) => setErrors(error instanceof Problem ? plain(error.errors) : {});
    start.mutate({ args, title: title.trim() }, { onError: refused });
  };
  const update = (path: string, next: (now: unknown) => unknown) => {
    setValues((now) => ({ ...now, [path]: next(now[path]) }));
    setErrors((now) => without(now, path));
  };
  const use = (args: Readonly<Record<string, unknown>>) => {
    setErrors({});
    setValues(begun(parameters, args));
  };
  const placed = Object.keys(errors).some((key) => parameters.some(({ name }) => name === key.split(/[.[]/)[0]));
  const fields = parameters.map((parameter) => (
    <ParameterField
      key={parameter.path}
      {...{ parameter, values, errors, update }}
      submit={() => submit()}
      disabled={start.isPending}
    />
  ));
  return (
    <FilingContext value={filing}>
      <Stack gap="lg">
        <Paper
          component="form"
          ref={form}
          className={styles.form}
          withBorder={parameters.length > 0}
          p={parameters.length > 0 ? { base: "md", sm: "lg" } : 0}
          radius="lg"
          aria-label={words.form(app.title)}
          noValidate
          onSubmit={submit}
        >
          <Stack gap="lg">
            {fields}
            {start.isError && !placed && <ErrorNote error={start.error} />}
            <End title={title} setTitle={setTitle} going={going} pending={start.isPending || start.isSuccess} />
          </Stack>
        </Paper>
        <Recent app={app.id} parameters={parameters} use={use} />
      </Stack>
    </FilingContext>
  );
}

interface EndProps {
  title: string;
  setTitle(title: string): void;
  going: boolean;
  pending: boolean;
}

function End({ title, setTitle, going, pending }: EndProps) {
  const [more, setMore] = useState(false);
  return (
    <div>
      <Collapse expanded={more}>
        <TextInput
          label={words.title}
          description={words.titleHelp}
          value={title}
          onChange={(event) => setTitle(event.currentTarget.value)}
          maxLength={200}
          mb="md"
        />
      </Collapse>
      <Group gap="xs">
        <Button type="submit" leftSection={<IconPlayerPlay size={16} aria-hidden />} loading={pending} disabled={going}>
          {words.start}
        </Button>
        <Button
          variant="subtle"
          color="gray"
          aria-expanded={more}
          onClick={() => setMore(!more)}
          rightSection={<IconChevronDown size={16} aria-hidden className={more ? styles.turned : undefined} />}
        >
          {words.more}
        </Button>
        {going && (
          <Text size="sm" c="dimmed" role="status">
            {words.uploading}
          </Text>
        )}
      </Group>
    </div>
  );
}

const flat = (parameters: readonly Parameter[]): readonly Parameter[] =>
  parameters.flatMap((parameter) => (parameter.parts ? flat(parameter.parts) : [parameter]));

const plain = (errors: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(errors).map(([path, words]) => [path.replace(/^args\./, ""), words]));

const without = (errors: Readonly<Record<string, string>>, path: string) =>
  Object.fromEntries(Object.entries(errors).filter(([key]) => key !== path && !key.startsWith(`${path}.`)));

/** There is no session yet that could have a file: the workspace keeps it until there is. */
function useTemporaryFiles(): Filing {
  const { id } = useWorkspace();
  return useMemo(
    () => ({
      async upload(file, options) {
        const path = `/api/v1/workspaces/${id}/files?temporary=true&name=${encodeURIComponent(file.name)}`;
        return { file_id: (await upload<Schema<"FileView">>(path, file, options)).id };
      },
    }),
    [id],
  );
}

function useStart(app: string) {
  const { id: workspace_id, slug } = useWorkspace();
  const navigate = useNavigate();
  const client = useQueryClient();
  return useMutation({
    // The address can also stream; asked like this it never does.
    mutationFn: async ({ args, title }: { args: Record<string, unknown>; title: string }) =>
      (await given(
        api.POST("/api/v1/workspaces/{workspace_id}/sessions", {
          params: { path: { workspace_id } },
          body: { app, args, title: title === "" ? null : title, expires_at: null },
        }),
      )) as Schema<"SessionItem">,
    onSuccess: async (session) => {
      void client.invalidateQueries({ queryKey: ["workspace", workspace_id, "sessions"] });
      await navigate({ to: "/w/$workspace/sessions/$session", params: { workspace: slug, session: session.id } });
    },
  });
}
