import { Gate, NOT_YET, secondsOf } from "./_gate.ts";
import { type Referent, referent } from "./referent.ts";

/** Python's `threading.Event`. */
export const eventType: Referent = referent<{ isSet: boolean; changed: Gate }>({
  proxyType: "EventProxy",
  make: () => ({ isSet: false, changed: new Gate() }),
  parameters: { wait: ["timeout"] },
  methods: {
    clear: (event) => {
      event.isSet = false;
      return null;
    },
    is_set: (event) => event.isSet,
    set: (event) => {
      event.isSet = true;
      event.changed.poke();
      return null;
    },
    wait: (event, caller, timeout = null) => {
      const waited = event.changed.wait(
        () => event.isSet || NOT_YET,
        caller,
        secondsOf(true, timeout, "over"),
      );
      return waited instanceof Promise ? waited.then((set) => set === true) : waited === true;
    },
  },
});
