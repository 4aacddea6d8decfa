import "@mantine/core/styles/Checkbox.css";
import { Button, Checkbox, Group, Stack } from "@mantine/core";
import { isNotEmpty, useForm } from "@mantine/form";
import { notifications } from "@mantine/notifications";
import { useState } from "react";
import { api, given } from "../../api/call";
import { useMe } from "../../api/here";
import { me, queries } from "../../api/queries";
import { words } from "../../texts/account";
import { Password, Wrong } from "../signin/fields";
import { useSend } from "../signin/useSend";
import { accountChanged } from "./asked";
import { Section } from "./Section";

/** Set a password, or change it. */
export function PasswordChange() {
  const { has_password: has, email } = useMe();
  const [open, setOpen] = useState(false);
  const button = (
    <Button variant={has ? "default" : "filled"} onClick={() => setOpen(true)}>
      {has ? words.changePassword : words.setPassword}
    </Button>
  );
  return (
    <Section
      title={words.password}
      text={has ? words.passwordText : words.noPasswordText}
      actions={open ? undefined : button}
    >
      {open && <PasswordForm has={has} email={email} close={() => setOpen(false)} />}
    </Section>
  );
}

function PasswordForm({ has, email, close }: { has: boolean; email: string; close: () => void }) {
  const form = useForm({
    mode: "uncontrolled",
    initialValues: { present: "", new_password: "", end_others: true },
    validate: {
      present: (typed) => (has && typed === "" ? words.needPresent : null),
      new_password: isNotEmpty(words.needPassword),
    },
  });
  const change = async ({ present, new_password, end_others }: typeof form.values) => {
    const body = { password: has ? present : null, new_password, keep_other_sessions: !end_others };
    await given(api.POST("/api/v1/auth/password", { body }));
    await Promise.all([queries.invalidateQueries({ queryKey: me.queryKey }), accountChanged()]);
    notifications.show({ message: words.passwordChanged, color: "teal" });
    close();
  };
  // What the server says of a password's strength it says of `password`; that it means the new one.
  const { busy, wrong, submit } = useSend(form, change, { password: "new_password" });
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="sm">
        <input type="email" name="username" autoComplete="username" value={email} readOnly hidden />
        {has && (
          <Password
            label={words.present}
            name="present"
            size="sm"
            autoComplete="current-password"
            autoFocus
            key={form.key("present")}
            {...form.getInputProps("present")}
          />
        )}
        <Password
          label={words.following}
          name="new-password"
          size="sm"
          description={words.passwordHint}
          inputWrapperOrder={["label", "input", "error", "description"]}
          autoComplete="new-password"
          autoFocus={!has}
          key={form.key("new_password")}
          {...form.getInputProps("new_password")}
        />
        <Checkbox
          label={words.endOthers}
          key={form.key("end_others")}
          {...form.getInputProps("end_others", { type: "checkbox" })}
        />
        <Wrong text={wrong} />
        <Group gap="xs">
          <Button type="submit" loading={busy}>
            {has ? words.changePassword : words.setPassword}
          </Button>
          <Button variant="subtle" color="gray" onClick={close}>
            {words.cancel}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
