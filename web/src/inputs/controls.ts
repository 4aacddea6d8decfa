// The controls that are loaded together.
import "@mantine/core/styles/PasswordInput.css";
export { ApproveControl } from "./ApproveControl";
export { ChooseManyControl } from "./ChooseManyControl";
export { FormControl } from "./FormControl";
export { JsonControl } from "./JsonControl";
export { NumberControl } from "./NumberControl";
export { OneOf } from "./OneOf";
export { PasswordInput as Secret } from "@mantine/core";
export { SliderControl } from "./SliderControl";
export { YesOrNo } from "./YesOrNo";
