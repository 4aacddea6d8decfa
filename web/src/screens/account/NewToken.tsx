import "@mantine/core/styles/Checkbox.css";
import "@mantine/core/styles/Combobox.css";
import { Button, Checkbox, Flex, Group, Input, Modal, Select, SimpleGrid, Stack, TextInput } from "@mantine/core";
import { isNotEmpty, useForm } from "@mantine/form";
import { useMediaQuery } from "@mantine/hooks";
import { useSuspenseQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api, given } from "../../api/call";
import { useWorkspaceIfAny } from "../../api/here";
import { workspaces } from "../../api/queries";
import { words } from "../../texts/account";
import { Wrong } from "../signin/fields";
import { useSend } from "../signin/useSend";
import { accountChanged } from "./asked";
import { ALL, READING } from "./scopes";
import { TokenSecret } from "./TokenSecret";

const LASTS = Object.entries(words.expiresIn).map(([value, label]) => ({ value, label }));

/** Makes a token, and shows its secret once. */
export function NewToken({ close }: { close: () => void }) {
  const [secret, setSecret] = useState<string | null>(null);
  const all = useSuspenseQuery(workspaces).data;
  const here = useWorkspaceIfAny();
  const form = useForm({
    initialValues: { name: "", workspace_id: here?.id ?? "", scopes: ["sessions:read"], expires_in: "P90D" },
    validate: { name: isNotEmpty(words.needTokenName), scopes: isNotEmpty(words.needScopes) },
  });
  const { busy, wrong, submit } = useSend(form, async ({ name, workspace_id, scopes, expires_in }) => {
    const lasts = expires_in === "never" ? null : expires_in;
    const body = { name: name.trim(), workspace_id, scopes, expires_in: lasts };
    setSecret((await given(api.POST("/api/v1/auth/tokens", { body }))).token);
    await accountChanged();
  });
  const phone = useMediaQuery("(max-width: 36em)");
  if (secret !== null) return <TokenSecret secret={secret} close={close} />;
  return (
    <Modal
      opened
      onClose={close}
      title={words.newToken}
      size="xl"
      fullScreen={phone}
      centered
      closeOnEscape={!busy}
      closeOnClickOutside={false}
    >
      <form onSubmit={submit} noValidate>
        <Stack gap="md">
          <Flex gap="md" direction={{ base: "column", xs: "row" }}>
            <TextInput
              label={words.tokenName}
              placeholder={words.tokenNameExample}
              name="token-name"
              autoComplete="off"
              maxLength={120}
              flex={2}
              data-autofocus
              {...form.getInputProps("name")}
            />
            {all.length > 1 && (
              <Select
                label={words.workspace}
                data={all.map(({ id, name }) => ({ value: id, label: name }))}
                allowDeselect={false}
                flex={1}
                {...form.getInputProps("workspace_id")}
              />
            )}
            <Select
              label={words.expires}
              data={LASTS}
              allowDeselect={false}
              flex={1}
              {...form.getInputProps("expires_in")}
            />
          </Flex>
          <Scopes
            value={form.values.scopes}
            error={form.errors.scopes}
            onChange={(scopes) => form.setFieldValue("scopes", scopes)}
          />
          <Wrong text={wrong} />
          <Button type="submit" loading={busy}>
            {words.makeToken}
          </Button>
        </Stack>
      </form>
    </Modal>
  );
}

interface ScopesProps {
  value: string[];
  error: React.ReactNode;
  onChange: (scopes: string[]) => void;
}

function Scopes({ value, error, onChange }: ScopesProps) {
  const choices: [string, readonly string[]][] = [
    [words.readAll, READING],
    [words.all, ALL],
    [words.nothing, []],
  ];
  return (
    <Checkbox.Group label={words.mayDo} value={value} error={error} onChange={onChange}>
      <Group gap="xs" my="xs">
        {choices.map(([label, scopes]) => (
          <Button key={label} size="compact-sm" variant="default" onClick={() => onChange([...scopes])}>
            {label}
          </Button>
        ))}
      </Group>
      <SimpleGrid cols={{ base: 1, xs: 2, sm: 3 }} spacing="md" verticalSpacing="md" my="xs">
        {words.scopes.map(({ group, items }) => (
          <Input.Wrapper key={group} label={group} labelElement="div">
            <Stack gap={8} mt={4}>
              {items.map(({ scope, text }) => (
                <Checkbox key={scope} value={scope} label={text} description={scope} />
              ))}
            </Stack>
          </Input.Wrapper>
        ))}
      </SimpleGrid>
    </Checkbox.Group>
  );
}
