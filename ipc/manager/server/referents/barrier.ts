import { PyException } from "../../../../persist/types/mod.ts";
import { pyError, pyType } from "../python_values.ts";
import { Gate, NOT_YET, secondsOf } from "./_gate.ts";
import { type Referent, referent } from "./referent.ts";

interface ManagedBarrier {
  readonly parties: number;
  readonly timeout: unknown;
  changed: Gate;
  arrived: number;
  /** Counts the rounds: who waits in an earlier one is free. */
  round: number;
  /** While it is acting, the next round has not begun. */
  state: "filling" | "acting" | "broken";
  readonly action: (() => unknown) | null;
}

const broken = (): PyException => new PyException("BrokenBarrierError", [], "threading");

/** Python's `threading.Barrier`. */
export const barrierType: Referent = referent<ManagedBarrier>({
  proxyType: "BarrierProxy",
  make: ([first, action = null, limit = null], kwargs) => {
    const parties = kwargs.parties ?? first;
    if (typeof parties !== "number" || !Number.isInteger(parties) || parties < 1) {
      throw pyError("ValueError", "parties must be > 0");
    }
    const act = kwargs.action ?? action;
    if (act !== null && typeof act !== "function") {
      throw pyError("TypeError", `'${pyType(act)}' object is not callable`);
    }
    const timeout = kwargs.timeout ?? limit;
    return {
      parties,
      timeout,
      changed: new Gate(),
      arrived: 0,
      round: 0,
      state: "filling",
      action: act as (() => unknown) | null,
    };
  },
  parameters: { wait: ["timeout"] },
  methods: {
    __getattribute__: (barrier, _, name: string) => {
      if (name === "parties") return barrier.parties;
      if (name === "n_waiting") return barrier.arrived;
      if (name === "broken") return barrier.state === "broken";
      throw pyError("AttributeError", `'Barrier' object has no attribute '${name}'`);
    },
    abort: (barrier) => {
      breakBarrier(barrier);
      return null;
    },
    reset: (barrier) => {
      // Those who wait are told; the next round begins whole.
      breakBarrier(barrier);
      barrier.changed = new Gate();
      barrier.round++;
      barrier.state = "filling";
      return null;
    },
    wait: async (barrier, caller, timeout = null) => {
      const seconds = secondsOf(true, timeout ?? barrier.timeout, "over");
      if (barrier.state === "acting") {
        const begun = await barrier.changed.wait(
          () => barrier.state !== "acting" || NOT_YET,
          caller,
          seconds,
        );
        if (begun === undefined) breakBarrier(barrier);
      }
      if (barrier.state === "broken") throw broken();
      const { round, changed } = barrier;
      const index = barrier.arrived++;
      if (barrier.arrived === barrier.parties) {
        if (barrier.action !== null) await act(barrier, barrier.action);
        barrier.arrived = 0;
        barrier.round++;
        changed.poke();
        return index;
      }
      let passed: boolean | undefined;
      try {
        passed = await changed.wait(
          () => {
            if (barrier.changed !== changed || barrier.state === "broken") return false;
            return barrier.round !== round || NOT_YET;
          },
          caller,
          seconds,
        );
      } catch (error) {
        // The caller is gone: nobody else can fill the barrier for it.
        if (barrier.changed === changed && barrier.round === round) breakBarrier(barrier);
        throw error;
      }
      if (passed === true) return index;
      if (passed === undefined) breakBarrier(barrier);
      throw broken();
    },
  },
});

/** Runs what is to be done once all are there, and before anybody goes on. */
async function act(barrier: ManagedBarrier, action: () => unknown): Promise<void> {
  const { changed } = barrier;
  barrier.state = "acting";
  try {
    await action();
  } catch (error) {
    if (barrier.changed === changed) breakBarrier(barrier);
    throw error;
  }
  // It may have been broken, or reset, meanwhile.
  if (barrier.changed !== changed || barrier.state !== "acting") throw broken();
  barrier.state = "filling";
}

function breakBarrier(barrier: ManagedBarrier): void {
  barrier.state = "broken";
  barrier.arrived = 0;
  barrier.changed.poke();
}
