// Nothing: what the runtime takes by itself.
