import type { Plan } from "../../../src/compile/plan.ts";
import type { DeviceBackend } from "../../../src/gpu/device-backend.ts";
import { DevicePlan } from "../../../src/gpu/device-plan.ts";
import { gpu } from "../../../src/gpu.ts";
import type { GpuMode } from "../../../src/gpu.ts";
import type { Storage } from "../../../src/tensor/storage.ts";
import type { Elements } from "./message.ts";
import { pack, unpack } from "./message.ts";
import type { Answer, Command, Request } from "./protocol.ts";

/** In every current browser, but not in the library that our sources are checked with. */
interface Base64 {
  fromBase64(text: string): Uint8Array<ArrayBuffer>;
  readonly prototype: { toBase64(this: Uint8Array): string };
}

const base64 = Uint8Array as unknown as Base64;

let backend: DeviceBackend<never> | undefined;
const storages = new Map<number, Storage>();
const plans = new Map<number, DevicePlan<never>>();

function known<Thing>(things: ReadonlyMap<number, Thing>, number: number): Thing {
  const thing = things.get(number);
  if (thing === undefined) throw new Error(`the page has no number ${String(number)}; an earlier request failed`);
  return thing;
}

function obey(device: DeviceBackend<never>, command: Command, uploads: Storage[]): void {
  switch (command.kind) {
    case "upload":
      storages.set(command.storage, uploads.shift() ?? known(storages, -1));
      break;
    case "share":
      storages.set(command.storage, device.claim(known(storages, command.from), true));
      break;
    case "load":
      // What is missing of the host's part runs in the program.
      plans.set(command.plan, new DevicePlan(device, { ...command.data, host: { ...command.data.host, slots: Float64Array.from(command.slots) } } as unknown as Plan));
      break;
    case "run": {
      const plan = known(plans, command.plan);
      plan.plan.host.slots.set(command.slots);
      const fresh = plan.run(command.inputs.map((input) => known(storages, input)));
      fresh.forEach((storage, output) => storages.set(command.outputs[output] ?? -1, storage));
      break;
    }
    case "forgetStorage":
      storages.get(command.storage)?.remote?.release();
      storages.delete(command.storage);
      break;
    case "forgetPlan":
      plans.delete(command.plan);
  }
}

async function elementsOf({ dtype, array, remote }: Storage): Promise<Elements> {
  const elements = array ?? (await remote?.read());
  if (elements === undefined) throw new Error("a storage has no elements");
  return { dtype, array: elements };
}

async function fulfil(request: string): Promise<Elements[]> {
  if (backend === undefined) throw new Error("start the page first");
  const { part: { commands, read }, storages: uploads } = unpack<Request>(base64.fromBase64(request).buffer);
  for (const command of commands) obey(backend, command, uploads);
  return read === undefined ? [] : [await elementsOf(known(storages, read))];
}

function explainFailure(error: unknown): Answer {
  const { message, code } = error as { readonly message: string; readonly code?: NonNullable<Answer["error"]>["code"] };
  return { error: { message, code } };
}

/** Opens this page's GPU. */
export async function start(mode: GpuMode): Promise<void> {
  // The backend of this entry is one of devices.
  backend = (await gpu({ mode })) as unknown as DeviceBackend<never>;
}

/** Does what a request asks for; an error becomes an answer too. */
export async function answer(request: string): Promise<string> {
  const packed = await fulfil(request).then((elements) => pack({}, elements), (error: unknown) => pack(explainFailure(error), []));
  return base64.prototype.toBase64.call(packed);
}
