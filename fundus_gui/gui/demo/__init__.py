"""The program on a stage: photographs and their votes in a calm loop, until somebody takes over."""
