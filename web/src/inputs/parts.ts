// What takes and shows the answers that most sessions never ask for: loaded when the first such question is met.
import { part } from "../lately";

const controls = () => import("./controls");

export const ApproveControl = part(async () => (await controls()).ApproveControl);
export const ChooseManyControl = part(async () => (await controls()).ChooseManyControl);
export const FormControl = part(async () => (await controls()).FormControl);
export const JsonControl = part(async () => (await controls()).JsonControl);
export const NumberControl = part(async () => (await controls()).NumberControl);
export const OneOf = part(async () => (await controls()).OneOf);
export const Secret = part(async () => (await controls()).Secret);
export const SliderControl = part(async () => (await controls()).SliderControl);
export const YesOrNo = part(async () => (await controls()).YesOrNo);
export const AnswerRows = part(async () => (await import("./AnswerRows")).default);
export const DateControl = part(async () => (await import("./DateControl")).default);
export const DateTimeControl = part(async () => (await import("./DateTimeControl")).default);
export const EditTableControl = part(async () => (await import("./EditTableControl")).default);
export const TimeControl = part(async () => (await import("./TimeControl")).default);
export const UploadControl = part(async () => (await import("./UploadControl")).default);
