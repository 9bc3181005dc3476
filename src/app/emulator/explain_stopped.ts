import type { Context } from "../../core/context.ts";
import { ExitCode, UserError } from "../../core/errors.ts";
import { isConnectionError } from "../../core/net/network_error.ts";

/** Explains failed requests to an emulator that has stopped but is still in the environment's variables. */
export function withEmulatorCheck<C extends Context>(ctx: C): C {
  const origin = ctx.env.KEDRO_AZUREML_EMULATOR;
  if (!origin) return ctx;
  return {
    ...ctx,
    async fetch(request: Request) {
      try {
        return await ctx.fetch(request);
      } catch (thrown) {
        const isItsFile = thrown instanceof UserError && thrown.code === "network.ca_file";
        const isItsPort = isConnectionError(thrown) && new URL(request.url).origin === origin;
        if (isItsFile || (isItsPort && !await isServed(ctx, origin))) throw gone(origin);
        throw thrown;
      }
    },
  };
}

/** Whether something listens at an origin on this machine. */
export async function isServed({ probe }: Pick<Context, "probe">, origin: string): Promise<boolean> {
  const { hostname, port } = new URL(origin);
  return await probe.connect(hostname, Number(port)).then(() => true, () => false);
}

function gone(origin: string): UserError {
  return new UserError(
    `The emulator at ${origin} is no longer running, but this shell's variables refer to it`,
    {
      code: "emulator.gone",
      exit: ExitCode.Unavailable,
      hint:
        'To go back to Azure, run `eval "$(kedro-azureml emulator off)"`; to use a new emulator, run `kedro-azureml emulator start` and `eval "$(kedro-azureml emulator env)"`',
    },
  );
}
